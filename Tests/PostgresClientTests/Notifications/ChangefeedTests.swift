import ManticoreTesting
import PostgresClient
import PostgresWire
import Testing

/// Changefeeds, as CockroachDB's documentation describes them, against a server that says what CockroachDB would.
@Suite(.ownThread) struct ChangefeedTests {
    private static let described: [BackendMessage] = [
        .parseComplete, .parameterDescription(.init(types: [.text])),
        .rowDescription(
            .init(columns: [
                ColumnDescription(name: "table", typeOID: .text), ColumnDescription(name: "key", typeOID: .bytea),
                ColumnDescription(name: "value", typeOID: .bytea),
            ])),
    ]

    private static func change(_ key: String, _ value: String?) -> BackendMessage {
        HostileSession.row(Array("orders".utf8), Array(key.utf8), value.map { Array($0.utf8) })
    }

    private static func resolved(_ moment: String) -> BackendMessage {
        HostileSession.row(nil, nil, Array("{\"resolved\":\"\(moment)\"}".utf8))
    }

    private static let begin: [ScriptedServer.Step] = [
        .receiveStartup, NotificationTests.cockroachDB, .receiveUntil(MessageType.flush), .messages(described),
        .receiveUntil(MessageType.sync),
    ]

    private func next(_ stream: ChangefeedStream, _ face: Face) async throws(PostgresError) -> ChangefeedEvent? {
        switch face {
        case .blocking: try blockingNext(stream)
        case .suspending: try await stream.next()
        }
    }

    private func blockingNext(_ stream: ChangefeedStream) throws(PostgresError) -> ChangefeedEvent? {
        try stream.next()
    }

    private func next(
        _ stream: ChangefeedStream, within limit: Duration, _ face: Face
    ) async throws(PostgresError) -> ChangefeedEvent? {
        switch face {
        case .blocking: try blockingNext(stream, within: limit)
        case .suspending: try await stream.next(within: limit)
        }
    }

    private func blockingNext(
        _ stream: ChangefeedStream, within limit: Duration
    ) throws(PostgresError) -> ChangefeedEvent? {
        try stream.next(within: limit)
    }

    /// What is sent, what is told, and that the connection is closed at the end with nothing read away and nothing asked
    /// to be cancelled.
    @Test(arguments: Face.allCases)
    func changesAndResolvedMoments(_ face: Face) async throws {
        let rows = [
            Self.change("[1]", #"{"after": {"id": 1}}"#), Self.change("[2]", nil),
            Self.resolved("1700000000000000000.0000000001"),
        ]
        let server = try ScriptedServer(
            connections: [Self.begin + [.messages([.bindComplete] + rows), .expectClosed(within: .seconds(10))]])
        let pool = ConnectionPool(try HostileSession.configuration(server))
        defer { pool.close() }
        var options = ChangefeedOptions()
        options.resolved = .seconds(10)
        options.cursor = "1699.5"
        options.initialScan = .no
        options.isUpdatedShown = true
        let stream = pool.changefeed("orders", "Order \"Lines\"", options: options)
        let expected: [ChangefeedEvent] = [
            .change(
                ChangefeedChange(table: "orders", key: Array("[1]".utf8), value: Array(#"{"after": {"id": 1}}"#.utf8))),
            .change(ChangefeedChange(table: "orders", key: Array("[2]".utf8), value: nil)),
            .resolved("1700000000000000000.0000000001"),
        ]
        for event in expected { #expect(try await next(stream, face) == event) }
        #expect(try await next(stream, within: .milliseconds(20), face) == nil && !stream.isEnded)
        let sent = String(decoding: server.received(), as: UTF8.self)
        #expect(
            sent.contains(
                #"CREATE CHANGEFEED FOR TABLE "orders", TABLE "Order ""Lines""" WITH "#
                    + "initial_scan = $1, cursor = $2, resolved = $3, updated"))
        #expect(sent.contains("1699.5") && sent.contains("10000ms"))
        stream.close()
        #expect(try await next(stream, face) == nil && stream.isEnded)
        #expect(server.waitUntilFinished())
        #expect(server.failure() == nil)
        #expect(server.connections == 1, "no cancel request")
        #expect(pool.streamCount == 0)
    }

    /// The flood goes on: the end does not wait for it.
    @Test(arguments: ["break", "drop", "cancel", "thread", "pool"])
    func everyEndClosesTheConnection(_ way: String) async throws {
        let row = HostileSession.bytes([Self.change("[1]", String(repeating: "x", count: 1000))])
        let server = try ScriptedServer(
            connections: [
                Self.begin + [.messages([.bindComplete]), .flood(bytes: row, times: 1_000_000), .receiveToEnd]
            ])
        let pool = ConnectionPool(try HostileSession.configuration(server))
        switch way {
        case "break":
            for try await _ in pool.changefeed("orders") { break }
        case "drop":
            try dropped(pool)
        case "cancel":
            let task = Task { await failure { for try await _ in pool.changefeed("orders") {} }?.code }
            while server.bytesSent() < 1_000_000 { try await Task.sleep(for: .milliseconds(1)) }
            task.cancel()
            #expect(await task.value == .cancelled)
        case "thread":
            let stream = pool.changefeed("orders")
            _ = try await stream.next()
            let canceller = stream.canceller
            try Thread.detach { canceller.cancel() }
            while try await stream.next() != nil {}
            #expect(stream.isEnded)
        default:
            let stream = pool.changefeed("orders")
            _ = try await stream.next()
            try Thread.detach { pool.close() }
            while try await stream.next() != nil {}
            #expect(stream.isEnded)
        }
        #expect(server.waitUntilFinished())
        #expect(server.connections == 1, "no cancel request")
        #expect(server.bytesSent() < 1_000_000_000)
        pool.close()
    }

    private func dropped(_ pool: ConnectionPool) throws {
        let stream = pool.changefeed("orders")
        _ = try stream.next()
    }

    @Test(arguments: Face.allCases)
    func endsAndErrors(_ face: Face) async throws {
        let ended: [BackendMessage] = [
            .commandComplete(.init(tag: "SELECT 1")), .readyForQuery(.init(.idle)),
        ]
        // The state of what comes after a change of the schema.
        let changed = SQLState(rawValue: "55C01")
        let refused: [BackendMessage] = [
            .errorResponse(.init(ServerError(severity: "ERROR", sqlState: changed, message: "schema change occurred"))),
            .readyForQuery(.init(.idle)),
        ]
        let row = [BackendMessage.bindComplete, Self.change("[1]", "{}")]
        let server = try ScriptedServer(connections: [
            Self.begin + [.messages(row + ended), .expectClosed(within: .seconds(10))],
            Self.begin + [.messages(row + refused), .expectClosed(within: .seconds(10))],
            Self.begin + [.messages(row), .reset],
            ScriptedServer.acceptingSession + [.expectClosed(within: .seconds(10))],
        ])
        let pool = ConnectionPool(try HostileSession.configuration(server))
        defer { pool.close() }
        let whole = pool.changefeed("orders")
        #expect(try await next(whole, face) != nil)
        #expect(try await next(whole, face) == nil && whole.isEnded)
        let changing = pool.changefeed("orders")
        #expect(try await next(changing, face) != nil)
        #expect(await failure { try await next(changing, face) }?.sqlState == changed)
        #expect(try await next(changing, face) == nil)
        let lost = pool.changefeed("orders")
        _ = try? await next(lost, face)
        let error = await failure { while try await next(lost, face) != nil {} }
        #expect(error?.code == .connectionLost || error?.code == .outcomeUnknown, "\(String(describing: error))")
        let postgres = pool.changefeed("orders")
        #expect(await failure { try await next(postgres, face) }?.code == .unsupported)
        for connection in [0, 1, 3] {
            #expect(server.waitUntilFinished(connection))
            #expect(server.failure(on: connection) == nil)
        }
    }

    /// A feed of other columns, or one that stops, is none: nothing of it is told.
    // Guard: Sources/PostgresClient/Notifications/ChangefeedOperation.swift: `guard row.count >= 3 else {`
    // Guard: Sources/PostgresClient/Rows/RowCollector.swift: `var hasEnough: Bool { failure != nil }`
    @Test(arguments: Face.allCases)
    func whatIsNoChangefeed(_ face: Face) async throws {
        let ready = BackendMessage.readyForQuery(.init(.idle))
        let twoColumns = HostileSession.described("table", "key")
        let row = Self.change("[1]", "{}")
        let answers: [(String, [BackendMessage], [BackendMessage], PostgresError.Code)] = [
            ("two columns", twoColumns, [HostileSession.row([0, 0, 0, 1], nil)], .protocolViolation),
            ("rows of two columns", Self.described, [HostileSession.row(nil, nil)], .protocolViolation),
            ("rows of four columns", Self.described, [HostileSession.row(nil, nil, nil, nil)], .protocolViolation),
            ("names that are no text", Self.described, [HostileSession.row([0xFF], nil, nil)], .decodingFailed),
            ("a feed that stops", Self.described, [.portalSuspended, ready], .protocolViolation),
            (
                "another description", Self.described,
                [Self.described[2], row, .commandComplete(.init(tag: "")), ready],
                .protocolViolation
            ),
            (
                "two ends", Self.described, [.commandComplete(.init(tag: "")), .emptyQueryResponse, ready],
                .protocolViolation
            ),
        ]
        for (what, described, answer, code) in answers {
            let server = try ScriptedServer([
                .receiveStartup, NotificationTests.cockroachDB, .receiveUntil(MessageType.flush), .messages(described),
                .receiveUntil(MessageType.sync), .messages([.bindComplete] + answer), .receiveToEnd,
            ])
            let pool = ConnectionPool(try HostileSession.configuration(server))
            defer { pool.close() }
            let stream = pool.changefeed("orders")
            let error = await failure { try await next(stream, face) }
            #expect(error?.code == code, "\(what): \(error.map { "\($0)" } ?? "")")
            #expect(try await next(stream, face) == nil && stream.isEnded, "\(what)")
            #expect(server.connections == 1, "\(what)")
        }
    }

    @Test func optionsThatAreNone() async throws {
        let pool = try TestServer.pool(1)
        defer { pool.close() }
        var options = ChangefeedOptions()
        for name in ["", "cursor='1'", "a b", "ü"] {
            options.others = [(name, nil)]
            #expect(await failure { try await pool.changefeed("a", options: options).next() }?.code == .invalidArgument)
        }
        #expect(await failure { try await pool.changefeed([]).next() }?.code == .invalidArgument)
    }
}
