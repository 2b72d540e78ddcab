package import PostgresWire

/// Waits for the lock of the migrations, which one runner at a time holds.
///
/// On PostgreSQL it is a session's advisory lock, which the server releases when the session ends, however that comes
/// about. It is asked for again and again with no transaction open: waiting inside of the server would hold a snapshot
/// and so block `CREATE INDEX CONCURRENTLY` for ever. On CockroachDB it is a row that stays until it is deleted.
package struct MigrationLock: MigrationProcedure {
    private enum Stage {
        case start
        case claimTableMade
        case asked(since: Duration)
        case told(since: Duration)
        case slept(since: Duration)
        case holdersAsked
        case claimed
        case claimantAsked
    }

    package static let defaultTimeout = Duration.seconds(60)
    private static let shortestDelay = Duration.milliseconds(25)
    private static let longestDelay = Duration.seconds(1)

    private let dialect: MigrationDialect
    private let table: Identifier
    private let key: Int64
    private let timeout: Duration
    private let token: PostgresUUID
    private let holder: String
    private var random: MigrationJitter
    private var stage = Stage.start
    private var delay = MigrationLock.shortestDelay
    private var hasReported = false

    /// - Parameters:
    ///   - schema: the schema of the table of migrations.
    ///   - table: the table's name in it.
    ///   - timeout: how long to wait on PostgreSQL; on CockroachDB there is no waiting.
    ///   - token: tells this run's claim from others.
    ///   - holder: who this is, for the others, as `host:pid`.
    package init(
        _ dialect: MigrationDialect, schema: String, table: String, timeout: Duration, token: PostgresUUID,
        holder: String
    ) throws(PostgresError) {
        self.dialect = dialect
        self.table = Identifier(schema, table + "_lock")
        self.timeout = timeout
        self.token = token
        self.holder = holder
        key = try Self.key(schema: schema, table: table)
        random = MigrationJitter(seed: token.high ^ token.low)
    }

    /// The key of the advisory lock: the first 8 bytes of SHA-256 of `manticore`, NUL, schema, NUL, table.
    package static func key(schema: String, table: String) throws(PostgresError) -> Int64 {
        let bytes = Array("manticore\0\(schema)\0\(table)".utf8)
        let hash = try Digests.sha256(bytes)
        return Int64(bitPattern: hash.prefix(8).reduce(0 as UInt64) { $0 << 8 | UInt64($1) })
    }

    package mutating func next(_ answer: MigrationAnswer) throws(PostgresError) -> MigrationRequest {
        switch stage {
        case .start:
            if dialect == .cockroachDB {
                stage = .claimTableMade
                return .run(
                    "CREATE TABLE IF NOT EXISTS \(try table.quoted()) (id INT8 PRIMARY KEY, token UUID NOT NULL, "
                        + "holder TEXT NOT NULL, claimed_at TIMESTAMPTZ NOT NULL DEFAULT now())")
            }
            return ask(since: answer.time)
        case .asked(let since):
            if try answer.reply().rows.first?.first == .bool(true) { return .done }
            if answer.time - since >= timeout { return askForHolders() }
            if !hasReported {
                hasReported = true
                stage = .told(since: since)
                return .report(.waitingForLock)
            }
            return sleep(since: since, now: answer.time)
        case .told(let since):
            return sleep(since: since, now: answer.time)
        case .slept(let since):
            _ = try answer.reply()
            return ask(since: since)
        case .holdersAsked:
            throw timedOut(try? answer.reply().rows)
        case .claimTableMade:
            _ = try answer.reply()
            stage = .claimed
            return .query(
                """
                INSERT INTO \(identifier: table) (id, token, holder) VALUES (1, \(token), \(holder)) \
                ON CONFLICT (id) DO NOTHING
                """)
        case .claimed:
            if try answer.reply().tag.rowCount == 1 { return .done }
            stage = .claimantAsked
            return .query("SELECT token, holder, claimed_at FROM \(identifier: table) WHERE id = 1")
        case .claimantAsked:
            throw try claimed(by: try answer.reply().rows.first)
        }
    }

    /// What releases the lock.
    package var release: MigrationRequest {
        switch dialect {
        case .postgreSQL: .query("SELECT pg_catalog.pg_advisory_unlock(\(key))")
        case .cockroachDB: .query("DELETE FROM \(identifier: table) WHERE id = 1 AND token = \(token)")
        }
    }

    private mutating func ask(since: Duration) -> MigrationRequest {
        stage = .asked(since: since)
        return .query("SELECT pg_catalog.pg_try_advisory_lock(\(key))")
    }

    /// Sleeps longer each time, somewhat at random so that waiting runners do not ask in step.
    private mutating func sleep(since: Duration, now: Duration) -> MigrationRequest {
        stage = .slept(since: since)
        let wait = delay * random.next(in: 0.75...1.25)
        delay = min(delay * 2, Self.longestDelay)
        return .sleep(min(wait, since + timeout - now))
    }

    private mutating func askForHolders() -> MigrationRequest {
        stage = .holdersAsked
        // A key of 64 bits is shown as two of 32, and objsubid 1 says so.
        let high = Int64(UInt64(bitPattern: key) >> 32)
        let low = Int64(UInt64(bitPattern: key) & 0xFFFF_FFFF)
        return .query(
            """
            SELECT l.pid, a.usename, a.application_name FROM pg_catalog.pg_locks AS l \
            LEFT JOIN pg_catalog.pg_stat_activity AS a ON (a.pid OPERATOR(pg_catalog.=) l.pid) \
            JOIN pg_catalog.pg_database AS d ON (d.oid OPERATOR(pg_catalog.=) l.database) \
            WHERE (l.locktype OPERATOR(pg_catalog.=) 'advisory') AND l.granted \
            AND (l.classid::pg_catalog.int8 OPERATOR(pg_catalog.=) \(high)) \
            AND (l.objid::pg_catalog.int8 OPERATOR(pg_catalog.=) \(low)) \
            AND (l.objsubid OPERATOR(pg_catalog.=) 1) \
            AND (d.datname OPERATOR(pg_catalog.=) pg_catalog.current_database())
            """)
    }

    private func timedOut(_ rows: [[PostgresValue]]?) -> PostgresError {
        let holders = (rows ?? []).compactMap { row -> String? in
            guard case .int(let process, _)? = row.first else { return nil }
            var names: [String] = []
            for case .text(let name, _) in row.dropFirst() where !name.isEmpty { names.append(name) }
            return "process \(process)" + (names.isEmpty ? "" : " (\(names.joined(separator: ", ")))")
        }
        let who = holders.isEmpty ? "another runner" : holders.joined(separator: ", ")
        return PostgresError(
            .migrationLocked,
            "another runner has held the lock of the migrations for the \(timeout) that were waited: \(who); wait for "
                + "it, raise the lock timeout, or end that session with SELECT pg_terminate_backend(pid)")
    }

    private func claimed(by row: [PostgresValue]?) throws(PostgresError) -> PostgresError {
        guard let row, row.count == 3, case .uuid(let token) = row[0], case .text(let holder, _) = row[1],
            case .timestampWithTimeZone(let time) = row[2]
        else {
            return PostgresError(
                .migrationLocked, "another runner has just released the lock of the migrations; run again")
        }
        return PostgresError(
            .migrationLocked,
            "\(holder) has held the lock of the migrations since \(time); if it does not run any more, clear it with "
                + "DELETE FROM \(try table.quoted()) WHERE id = 1 AND token = '\(token)'")
    }
}
