import ManticoreTesting
import PostgresClient
import PostgresWire
import Testing

/// Servers that answer a pipeline, or many sets of values, with more, less or something else than was asked.
@Suite(.ownThread) struct HostilePipelineTests {
    private static let ready = BackendMessage.readyForQuery(.init(.idle))
    private static let complete = BackendMessage.commandComplete(.init(tag: "SELECT 1"))

    /// A value in text: nothing else is asked for while a statement is not known yet.
    private static func row(_ values: String...) -> BackendMessage {
        .dataRow(.init(values: values.map { Array($0.utf8) }))
    }

    private static func refusal(_ state: SQLState, _ routine: String? = nil) -> BackendMessage {
        var error = ServerError(severity: "ERROR", sqlState: state, message: "no")
        error.routine = routine
        return .errorResponse(.init(error))
    }

    private static let described = HostileSession.described("a")
    private static let copy = Backend.CopyFormats(overall: .text, columns: [.text])
    private static let first: [BackendMessage] = described + [.bindComplete, row("1"), complete]
    private static let second: [BackendMessage] = described + [.bindComplete, row("2"), complete]

    /// What comes in place of the answer to the first of two statements.
    private static let mistakes: [(String, [BackendMessage])] = [
        ("one end more", first + [complete]),
        ("one end less", first.dropLast()),
        ("readiness in between", first.dropLast() + [ready]),
        ("nothing", []),
        ("the end of another statement", described + [.bindComplete, .closeComplete, complete]),
        ("a row before its values are there", described + [row("1"), .bindComplete, complete]),
        ("a row of more columns than described", described + [.bindComplete, row("1", "2"), complete]),
        ("a row of fewer columns than described", described + [.bindComplete, row(), complete]),
        (
            "a row of what has no columns",
            [
                .parseComplete, .parameterDescription(.init(types: [])), .noData, .bindComplete, row("1"), complete,
            ]
        ),
        ("another description", first.dropLast(2) + [described[2], row("1"), complete]),
        ("an answer that stops in the middle", first.dropLast() + [.portalSuspended]),
        (
            "a COPY from the server",
            described + [
                .bindComplete, .copyOutResponse(.init(copy)), .copyData(.init(data: [49, 10])), .copyDone, complete,
            ]
        ),
        ("a COPY to the server", described + [.bindComplete, .copyInResponse(.init(copy)), complete]),
        ("more after an error", described + [.bindComplete, refusal(.divisionByZero), row("1"), complete]),
    ]

    // Guard: Sources/PostgresClient/Pipeline/PipelineReplies.swift: `refuse("the server stopped in the middle of the r`
    // Guard: Sources/PostgresClient/Pipeline/PipelineReplies.swift: `refuse("the server began a COPY in a pipeline, wh`
    // Guard: Sources/PostgresClient/Pipeline/PipelineReplies.swift: `if let mismatch = current.columns.mismatch(&reade`
    @Test(arguments: Face.allCases, [PipelineMode.atomic, .independent])
    func noResultIsAnothers(_ face: Face, _ mode: PipelineMode) async throws {
        let between = mode == .independent ? [Self.ready] : []
        for (what, mistake) in [("nothing wrong", Self.first)] + Self.mistakes {
            let (client, server) = try await HostileSession.accepted(
                [
                    .receiveUntil(MessageType.sync), .messages(mistake + between + Self.second + [Self.ready]),
                    .receiveToEnd,
                ], face)
            defer { client.connection.close() }
            var results: [PipelineResult<[Int32]>] = []
            func run() async throws {
                try await client.pipeline(mode) { pipeline in
                    for sql: SQL in ["SELECT a FROM t", "SELECT a FROM u"] {
                        results.append(try pipeline.query(sql, as: Int32.self))
                    }
                }
            }
            if what == "nothing wrong" {
                try await run()
                #expect(try results[0].get() == [1] && results[1].get() == [2])
                #expect(client.connection.isUsable)
            } else {
                let error = await failure { try await run() }
                #expect(error?.code == .protocolViolation, "\(what): \(error.map { "\($0)" } ?? "")")
                #expect(!client.connection.isUsable, "\(what)")
                for result in results { #expect(throws: PostgresError.self, "\(what)") { _ = try result.get() } }
            }
            _ = server
        }
    }

    /// What is known is not described again, so that the columns are those of the time before.
    @Test(arguments: Face.allCases)
    func knownStatementsKeepTheirColumns(_ face: Face) async throws {
        let answers: [(String, [BackendMessage])] = [
            ("other columns", [.bindComplete, HostileSession.row([0, 0, 0, 1], [0, 0, 0, 2]), Self.complete]),
            ("another description", [.bindComplete, Self.described[2], Self.complete]),
            ("an answer that stops in the middle", [.bindComplete, .portalSuspended]),
        ]
        for (what, answer) in answers {
            let (client, server) = try await HostileSession.accepted(
                [
                    .receiveUntil(MessageType.sync), .messages(Self.first + [Self.ready]),
                    .receiveUntil(MessageType.sync), .messages(answer + [Self.ready]), .receiveToEnd,
                ], face)
            defer { client.connection.close() }
            let sql: SQL = "SELECT a FROM t"
            let known = try await client.pipeline { try $0.query(sql, as: Int32.self) }
            #expect(try known.get() == [1])
            let error = await failure { try await client.pipeline { try $0.query(sql, as: Int32.self) } }
            #expect(error?.code == .protocolViolation, "\(what): \(error.map { "\($0)" } ?? "")")
            #expect(!client.connection.isUsable, "\(what)")
            _ = server
        }
    }

    /// Whatever is tried again is tried once.
    @Test(arguments: Face.allCases)
    func refusalsWithoutEnd(_ face: Face) async throws {
        let stale = Self.refusal(.featureNotSupported, "RevalidateCachedQuery")
        let (client, server) = try await HostileSession.accepted(
            [
                .receiveUntil(MessageType.sync), .messages(Self.first + [Self.ready]),
                .receiveUntil(MessageType.sync), .messages([stale, Self.ready]),
                .receiveUntil(MessageType.sync), .messages([.closeComplete, stale, Self.ready]),
                .receiveUntil(MessageType.sync), .messages(Self.first + [Self.ready]), .receiveToEnd,
            ], face)
        defer { client.connection.close() }
        let sql: SQL = "SELECT a FROM t"
        try await client.pipeline { try $0.query(sql, as: Int32.self) }
        let error = await failure { try await client.pipeline { try $0.query(sql, as: Int32.self) } }
        #expect(error?.sqlState == .featureNotSupported)
        // The fourth answer is that of a call of its own.
        let result = try await client.pipeline { try $0.query(sql, as: Int32.self) }
        #expect(try result.get() == [1])
        _ = server
    }

    /// A session that speaks another encoding by now is not gone on with because a statement is worth being repeated.
    // Guard: Sources/PostgresClient/Pipeline/PipelineOperation.swift: `if isStale, !hasSessionFailed, mode == .atomic`
    // Guard: Sources/PostgresClient/Connection/ReplyReader.swift: `let isEnding = serverError?.isFatal ?? false`
    @Test(arguments: Face.allCases)
    func theSessionsEndIsNotRepeated(_ face: Face) async throws {
        let stale = Self.refusal(.featureNotSupported, "RevalidateCachedQuery")
        let encoding = BackendMessage.parameterStatus(.init(name: "client_encoding", value: "SJIS"))
        for answer in [[stale, encoding], [encoding, stale]] {
            let (client, server) = try await HostileSession.accepted(
                [
                    .receiveUntil(MessageType.sync), .messages(Self.first + [Self.ready]),
                    .receiveUntil(MessageType.sync), .messages(answer + [Self.ready]),
                    .receiveUntil(MessageType.sync), .messages([.closeComplete] + Self.first + [Self.ready]),
                    .receiveToEnd,
                ], face)
            defer { client.connection.close() }
            let sql: SQL = "SELECT a FROM t"
            try await client.pipeline { try $0.query(sql, as: Int32.self) }
            let error = await failure { try await client.pipeline { try $0.query(sql, as: Int32.self) } }
            #expect(error?.message.contains("SJIS") == true)
            #expect(!client.connection.isUsable)
            _ = server
        }
    }

    // MARK: - Many sets of values

    private static func prepared(_ types: [PostgresOID]) -> [ScriptedServer.Step] {
        [
            .receiveUntil(MessageType.sync),
            .messages([.parseComplete, .parameterDescription(.init(types: types)), described[2], ready]),
        ]
    }

    private static let twoSets: [(String, [BackendMessage])] = {
        let most = BackendMessage.commandComplete(.init(tag: "INSERT 0 9223372036854775807"))
        let one: [BackendMessage] = [.bindComplete, .commandComplete(.init(tag: "INSERT 0 1"))]
        return [
            ("more rows than there can be", [.bindComplete, most, .bindComplete, most, ready]),
            ("one end less", one + [ready]),
            ("one end more", one + one + [one[1], ready]),
            ("one answer more", one + one + one + [ready]),
            ("an answer that stops in the middle", one + [.bindComplete, .portalSuspended, ready]),
            ("a row before its values", [HostileSession.row([0, 0, 0, 1])] + one + one + [ready]),
        ]
    }()

    // Guard: Sources/PostgresClient/Pipeline/ManyOperation.swift: `rowCount.addingReportingOverflow(tag.rowCount ?? 0)`
    // Guard: Sources/PostgresClient/Pipeline/ManyOperation.swift: `collector.suspend()`
    @Test(arguments: Face.allCases)
    func eachSetHasOneAnswer(_ face: Face) async throws {
        for (what, answer) in Self.twoSets {
            let (client, server) = try await HostileSession.accepted(
                Self.prepared([.int4]) + [.receiveUntil(MessageType.sync), .messages(answer), .receiveToEnd], face)
            defer { client.connection.close() }
            let error = await failure {
                try await client.executeMany("INSERT INTO t VALUES ($1)", [Int32(1), 2])
            }
            #expect(error?.code == .protocolViolation, "\(what): \(error.map { "\($0)" } ?? "")")
            #expect(!client.connection.isUsable, "\(what)")
            _ = server
        }
    }

    /// The columns are those that were described before the values went out, and the rows of all sets are in one list.
    // Guard: Sources/PostgresClient/Rows/RowCollector.swift: `if let mismatch = columns.mismatch(&reader) {`
    @Test(arguments: Face.allCases)
    func rowsOfOtherColumns(_ face: Face) async throws {
        let value: [UInt8] = [0, 0, 0, 1]
        for values: [[UInt8]?] in [[], [value, value], [value + value]] {
            let row = BackendMessage.dataRow(.init(values: values))
            let (client, server) = try await HostileSession.accepted(
                Self.prepared([.int4]) + [
                    .receiveUntil(MessageType.sync),
                    .messages([
                        .bindComplete, HostileSession.row(value), Self.complete, .bindComplete, row, Self.complete,
                        Self.ready,
                    ]), .receiveToEnd,
                ], face)
            defer { client.connection.close() }
            let error = await failure {
                try await client.queryMany("SELECT a FROM t WHERE a = $1", [Int32(1), 2], as: Int32.self)
            }
            #expect(error?.code == (values.count == 1 ? .decodingFailed : .protocolViolation), "\(values)")
            _ = server
        }
    }

    // Guard: Sources/PostgresClient/Connection/BindTemplate.swift: `guard count != types.count else { return failure }`
    @Test(arguments: Face.allCases)
    func parametersOfAnotherNumber(_ face: Face) async throws {
        for types: [PostgresOID] in [[], [.int4], [.int4, .text, .int4], .init(repeating: .int4, count: 65_535)] {
            // What must not be sent would be answered.
            let answer: [BackendMessage] = [Self.refusal(.undefinedParameter), Self.ready]
            let (client, server) = try await HostileSession.accepted(
                Self.prepared(types) + [.receiveUntil(MessageType.sync), .messages(answer), .receiveToEnd], face)
            defer { client.connection.close() }
            let error = await failure {
                try await client.executeMany("INSERT INTO t VALUES ($1, $2)", [(Int32(1), "a"), (2, "b")])
            }
            #expect(error?.code == .encodingFailed, "\(types.count): \(error.map { "\($0)" } ?? "")")
            #expect(client.connection.isUsable, "nothing was sent")
            _ = server
        }
    }
}
