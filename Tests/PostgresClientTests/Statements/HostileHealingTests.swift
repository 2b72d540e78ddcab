import ManticoreTesting
import PostgresWire
import Testing

@testable import PostgresClient

/// Servers by whose word a statement is of no use, again and again, and answers to questions that nobody has put yet.
@Suite(.ownThread) struct HostileHealingTests {
    private static let ready = BackendMessage.readyForQuery(.init(.idle))
    private static let sql: SQL = "SELECT a FROM t"

    private static func refusal(_ state: SQLState, _ message: String = "no", _ routine: String? = nil) -> BackendMessage
    {
        var error = ServerError(severity: "ERROR", sqlState: state, message: message)
        error.routine = routine
        return .errorResponse(.init(error))
    }

    private static func result(_ value: UInt8, _ before: [BackendMessage] = []) -> [ScriptedServer.Step] {
        [
            .receiveUntil(MessageType.flush), .messages(before + HostileSession.described("a")),
            .receiveUntil(MessageType.sync),
            .messages([.bindComplete, HostileSession.row([0, 0, 0, value])] + HostileSession.end),
        ]
    }

    // Guard: Sources/PostgresClient/Connection/StatementOperation.swift: `guard !wasInTransaction, !hasRetried, !hasDe`
    @Test(arguments: Face.allCases)
    func whatIsTriedAgainIsTriedOnce(_ face: Face) async throws {
        let stale = Self.refusal(.featureNotSupported, "no", "RevalidateCachedQuery")
        let (client, server) = try await HostileSession.accepted(
            Self.result(1) + [
                .receiveUntil(MessageType.sync), .messages([stale, Self.ready]),
                .receiveUntil(MessageType.flush), .messages([.closeComplete] + HostileSession.described("a")),
                .receiveUntil(MessageType.sync), .messages([stale, Self.ready]),
            ] + Self.result(2, [.closeComplete]) + [.receiveToEnd], face)
        defer { client.connection.close() }
        #expect(try await client.query(Self.sql, as: Int32.self) == [1])
        let error = await failure { try await client.query(Self.sql, as: Int32.self) }
        #expect(error?.sqlState == .featureNotSupported)
        // What the server says then is the answer to a call of its own.
        #expect(try await client.query(Self.sql, as: Int32.self) == [2])
        _ = server
    }

    /// Who has lost the statement is asked which server it is: only the right answer has it run once more, and once only.
    // Guard: Sources/PostgresClient/Connection/StatementOperation.swift: `guard core.isOwnProcess(answer) else {`
    @Test func whoIsAskedMaySayAnything() throws {
        let pid = BackendMessage.rowDescription(.init(columns: [ColumnDescription(name: "pid", typeOID: .int4)]))
        func number(_ text: String) -> [BackendMessage] {
            [pid, .dataRow(.init(values: [Array(text.utf8)]))] + HostileSession.end
        }
        let answers: [(String, [BackendMessage], PostgresError.Code, isRunAgain: Bool)] = [
            ("the right one", number("4711"), .preparedStatementLost, true),
            ("another", number("4712"), .preparedStatementLost, false),
            ("no number", number("4711; 4711"), .preparedStatementLost, false),
            ("no row", [pid] + HostileSession.end, .preparedStatementLost, false),
            ("nothing at all", [Self.ready], .preparedStatementLost, false),
            ("no column", [pid, .dataRow(.init(values: []))] + HostileSession.end, .protocolViolation, false),
            ("an error", [Self.refusal(.insufficientPrivilege), Self.ready], .server, false),
            (
                "the answer to a statement",
                [.bindComplete, HostileSession.row([0, 0, 18, 103])] + HostileSession.end,
                .protocolViolation, false
            ),
        ]
        for (what, answer, code, isRunAgain) in answers {
            let pair = try SocketPair()
            let listener = try UnixListener()
            defer { listener.remove() }
            let core = try pair.core(cancelTo: listener.address, Connecting.configuration([5432]))
            var operation = StatementOperation(core, .sql(try Self.sql.render()), RowCollector())
            func step() throws -> Bool { if case .done = try operation.step() { true } else { false } }
            #expect(try !step())
            let name = core.describing.name
            let lost = Self.refusal(.invalidSqlStatementName, "prepared statement \"\(name)\" does not exist")
            try pair.send(HostileSession.described("a"))
            #expect(try !step(), "the values go out")
            try pair.send([lost, Self.ready])
            _ = pair.received()
            #expect(try !step(), "the server is asked")
            #expect(String(decoding: pair.received(), as: UTF8.self).contains("pg_backend_pid"), "\(what)")
            try pair.send(answer)
            do throws(PostgresError) {
                let isDone = if case .done = try operation.step() { true } else { false }
                #expect(isRunAgain && !isDone, "\(what)")
            } catch {
                #expect(!isRunAgain && error.code == code, "\(what): \(error)")
            }
            guard isRunAgain else { continue }
            // As often as it is said: nothing is asked or run a third time.
            let again = core.describing.name
            #expect(again != name)
            try pair.send(HostileSession.described("a"))
            #expect(try !step())
            _ = pair.received()
            try pair.send([
                Self.refusal(.invalidSqlStatementName, "prepared statement \"\(again)\" does not exist"), Self.ready,
            ])
            #expect(throws: PostgresError.self) { _ = try operation.step() }
            #expect(pair.received().isEmpty && core.isUsable && core.session.isIdle)
        }
    }

    /// What comes behind the end of an answer belongs to no question: whoever took it for the next one's answer would be one
    /// behind from then on.
    // Guard: Sources/PostgresClient/Connection/Connection.swift: `if core.link.start != core.link.end { try core.readW`
    @Test(arguments: Face.allCases)
    func answersBeforeTheirQuestion(_ face: Face) async throws {
        let extra: [(String, [BackendMessage], isFine: Bool)] = [
            ("a notice", [.noticeResponse(.init(ServerError(severity: "NOTICE", message: "hello")))], true),
            ("a notification", [.notificationResponse(.init(processID: 1, channel: "a", payload: ""))], true),
            ("an answer", [.bindComplete, HostileSession.row([0, 0, 0, 9])] + HostileSession.end, false),
            ("an end", [Self.ready], false),
            ("an error", [Self.refusal(.divisionByZero)], false),
            (
                "another encoding", [.parameterStatus(.init(name: "client_encoding", value: "SJIS"))], false
            ),
        ]
        for (what, messages, isFine) in extra {
            let (client, server) = try await HostileSession.accepted(
                [
                    .receiveUntil(MessageType.flush), .messages(HostileSession.described("a")),
                    .receiveUntil(MessageType.sync),
                    .messages([.bindComplete, HostileSession.row([0, 0, 0, 1])] + HostileSession.end + messages),
                    .receiveUntil(MessageType.sync),
                    .messages([.bindComplete, HostileSession.row([0, 0, 0, 2])] + HostileSession.end), .receiveToEnd,
                ], face)
            defer { client.connection.close() }
            #expect(try await client.query(Self.sql, as: Int32.self) == [1])
            if isFine {
                #expect(try await client.query(Self.sql, as: Int32.self) == [2], "\(what)")
            } else {
                let error = await failure { try await client.query(Self.sql, as: Int32.self) }
                #expect(error != nil && !client.connection.isUsable, "\(what): \(error.map { "\($0)" } ?? "")")
            }
            _ = server
        }
    }
}
