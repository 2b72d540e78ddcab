import Manticore
import PostgresWire

/// Answers a migration procedure as a PostgreSQL server with one table would, or as a test says.
struct ScriptedServer {
    /// A row of the table, in the order in which the run writes it.
    struct Row: Equatable {
        var version: String
        var description: String
        var appliedAt: Int64
        var undo: String?
        var token: PostgresUUID?
        var sequence: Int64?
    }

    typealias Answer = Result<MigrationAnswer.Reply, PostgresError>

    var rows: [Row] = []
    var tableExists = true
    /// What came, in short: the first words of statements, `sleep`, events, `abandon`.
    var log: [String] = []
    /// Statements that start so are answered so, once each, in this order.
    var answers: [(prefix: String, answer: Answer)] = []
    /// Every answer comes this much later.
    var latency = Duration.milliseconds(1)
    var clock = Duration.seconds(1000)
    private var saved: [Row]?

    mutating func fail(_ prefix: String, _ error: PostgresError) {
        answers.append((prefix, .failure(error)))
    }

    mutating func reply(_ prefix: String, _ rows: [[PostgresValue]], tag: String = "") {
        answers.append((prefix, .success(MigrationAnswer.Reply(rows: rows, tag: CommandTag(tag)))))
    }

    /// Drives a procedure to its end.
    mutating func run(_ procedure: inout some MigrationProcedure) throws(PostgresError) {
        var answer = MigrationAnswer.nothing(at: clock)
        for _ in 0..<10_000 {
            switch try procedure.next(answer) {
            case .done: return
            case .query(let sql):
                let rendered = try sql.render()
                answer = self.answer(rendered.text, rendered.parameters)
            case .run(let text): answer = self.answer(text, [])
            case .sleep(let duration):
                log.append("sleep")
                clock += duration
                answer = .nothing(at: clock)
            case .report(let event):
                log.append(Self.short(event))
                answer = .nothing(at: clock)
            case .abandon:
                log.append("abandon")
                answer = .nothing(at: clock)
            }
        }
        throw PostgresError(.timedOut, "the procedure does not end")
    }

    private mutating func answer(_ text: String, _ parameters: [any PostgresEncodable]) -> MigrationAnswer {
        clock += latency
        log.append(Self.short(text))
        if let index = answers.firstIndex(where: { text.hasPrefix($0.prefix) }) {
            let answer = answers.remove(at: index).answer
            if text == "ROLLBACK" { restore() }
            return MigrationAnswer(answer, at: clock)
        }
        var reply = MigrationAnswer.Reply()
        switch Self.short(text) {
        case "session": reply.rows = [["public", "none", "\"$user\", public"]]
        case "lock", "unlock": reply.rows = [[true]]
        case "inspect":
            reply.rows = tableExists ? [["r", "me", true, false, false, false, false, "me"]] : []
        case "columns": reply.rows = Self.columns.map { [.text($0.0), .text($0.1)] }
        case "create": tableExists = true
        case "read": reply.rows = rows.map(Self.cells)
        case "BEGIN": saved = rows
        case "record":
            rows.append(
                Row(
                    version: parameters[0] as? String ?? "", description: parameters[1] as? String ?? "",
                    appliedAt: Int64(clock / .microseconds(1)), undo: parameters[3] as? String,
                    token: parameters[5] as? PostgresUUID, sequence: parameters[7] as? Int64))
            reply.tag = CommandTag("INSERT 0 1")
        case "remove":
            let count = rows.count
            rows.removeAll { $0.version == parameters[0] as? String }
            reply.tag = CommandTag("DELETE \(count - rows.count)")
        case "COMMIT":
            saved = nil
            reply.tag = CommandTag("COMMIT")
        case "ROLLBACK": restore()
        default: break
        }
        reply.status = saved == nil ? .idle : .inTransaction
        return MigrationAnswer(.success(reply), at: clock)
    }

    private mutating func restore() {
        rows = saved ?? rows
        saved = nil
    }

    static let columns = [
        ("version", "text"), ("description", "text"), ("applied_at", "timestamptz"), ("checksum", "text"),
        ("undo_sql", "text"), ("execution_ms", "int8"), ("run_token", "uuid"), ("statements", "int4"),
        ("state", "text"), ("sequence", "int8"),
    ]

    private static func cells(_ row: Row) -> [PostgresValue] {
        [
            .text(row.version), .text(row.description),
            .timestampWithTimeZone(PostgresTimestampWithTimeZone(microsecondsSince2000: row.appliedAt)), .null,
            row.undo.map { .text($0) } ?? .null, .null, row.token.map { .uuid($0) } ?? .null, .null,
            row.sequence.map { .int($0) } ?? .null,
        ]
    }

    private static func short(_ text: String) -> String {
        for (prefix, name) in [
            ("SELECT (pg_catalog.current_schemas", "session"), ("SELECT pg_catalog.pg_try_advisory_lock", "lock"),
            ("SELECT pg_catalog.pg_advisory_unlock", "unlock"), ("WITH RECURSIVE mine", "inspect"),
            ("SELECT c.relkind FROM", "inspect"), ("SELECT a.attname", "columns"), ("SELECT l.pid", "holders"),
            ("CREATE TABLE IF NOT EXISTS \"public\".\"_migrations\" ", "create"),
            ("SELECT version, description", "read"), ("INSERT INTO \"public\".\"_migrations\" ", "record"),
            ("DELETE FROM \"public\".\"_migrations\" ", "remove"), ("SELECT pg_catalog.set_config", "restore"),
        ] where text.hasPrefix(prefix) { return name }
        return text
    }

    private static func short(_ event: MigrationEvent) -> String {
        switch event {
        case .waitingForLock: "[waiting]"
        case .applying(let version, _, let number, let count): "[applying \(version) \(number)/\(count)]"
        case .applied(let version, _, let statements, _): "[applied \(version) \(statements)]"
        case .rollingBack(let version, _, let number, let count): "[rolling back \(version) \(number)/\(count)]"
        case .rolledBack(let version, _, let statements, _): "[rolled back \(version) \(statements)]"
        case .failed(let version, _): "[failed \(version)]"
        }
    }
}

/// Migration files that are nowhere but here, by their names.
func migrationSources(_ files: KeyValuePairs<String, String>) throws -> [MigrationSource] {
    try files.map { MigrationSource(try MigrationFile(name: $0, in: "m"), Array($1.utf8)) }
        .sorted { $0.number < $1.number }
}

/// An error as the server would send it.
func serverError(
    _ message: String, _ state: SQLState, position: Int? = nil, severity: String = "ERROR"
) -> PostgresError {
    var error = ServerError(severity: severity, sqlState: state, message: message)
    error.position = position
    return PostgresError(error)
}
