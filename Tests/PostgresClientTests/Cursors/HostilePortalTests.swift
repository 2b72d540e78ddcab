import ManticoreTesting
import PostgresClient
import PostgresWire
import Testing

/// Servers that give other rows of a portal than were asked for, or only some of a result.
@Suite(.ownThread) struct HostilePortalTests {
    private static let row = HostileSession.row([0, 0, 0, 1])
    private static let inTransaction = BackendMessage.readyForQuery(.init(.inTransaction))
    private static let complete = BackendMessage.commandComplete(.init(tag: "SELECT 1"))

    private static func fetch(_ client: Client, _ portal: Portal, _ count: Int) async throws(PostgresError) -> [Int32] {
        switch client.face {
        case .blocking: try fetchBlocking(portal, count)
        case .suspending: try await portal.fetch(count, as: Int32.self)
        }
    }

    private static func fetchBlocking(_ portal: Portal, _ count: Int) throws(PostgresError) -> [Int32] {
        try portal.fetch(count, as: Int32.self)
    }

    private static func open(_ client: Client) async throws(PostgresError) -> Portal {
        switch client.face {
        case .blocking: try openBlocking(client.connection)
        case .suspending: try await client.connection.portal("SELECT a FROM t")
        }
    }

    private static func openBlocking(_ connection: Connection) throws(PostgresError) -> Portal {
        try connection.portal("SELECT a FROM t")
    }

    // Guard: Sources/PostgresClient/Cursors/Portal.swift: `guard rows.count <= count else {`
    @Test(arguments: Face.allCases)
    func noMoreThanAskedFor(_ face: Face) async throws {
        let answers: [(String, [BackendMessage], isFine: Bool)] = [
            ("what was asked for", [.bindComplete, Self.row, Self.row, .portalSuspended], true),
            ("less, and no more", [.bindComplete, Self.row, Self.complete], true),
            ("one more", [.bindComplete, Self.row, Self.row, Self.row, .portalSuspended], false),
            ("one more, and the end", [.bindComplete, Self.row, Self.row, Self.row, Self.complete], false),
            ("other columns", [.bindComplete, HostileSession.row([0, 0, 0, 1], nil), .portalSuspended], false),
            ("two pauses", [.bindComplete, Self.row, .portalSuspended, .portalSuspended], false),
            ("a pause and an end", [.bindComplete, Self.row, .portalSuspended, Self.complete], false),
            ("no end", [.bindComplete, Self.row], false),
        ]
        for (what, answer, isFine) in answers {
            let (client, server) = try await HostileSession.accepted(
                [
                    .receive(MessageType.query),
                    .messages([.commandComplete(.init(tag: "BEGIN")), Self.inTransaction]),
                    .receiveUntil(MessageType.sync), .messages(HostileSession.described("a") + [Self.inTransaction]),
                    .receiveUntil(MessageType.sync), .messages(answer + [Self.inTransaction]), .receiveToEnd,
                ], face)
            defer { client.connection.close() }
            try await client.simpleQuery("BEGIN")
            let portal = try await Self.open(client)
            if isFine {
                #expect(try await Self.fetch(client, portal, 2).allSatisfy { $0 == 1 }, "\(what)")
                #expect(portal.isAtEnd == (answer.last == Self.complete))
                #expect(client.connection.isUsable, "\(what)")
            } else {
                let error = await failure { try await Self.fetch(client, portal, 2) }
                #expect(error?.code == .protocolViolation, "\(what): \(error.map { "\($0)" } ?? "")")
                #expect(!client.connection.isUsable, "\(what)")
            }
            _ = server
        }
    }

    /// Some of the rows of a statement that has no limit would pass for all of them.
    // Guard: Sources/PostgresClient/Rows/RowCollector.swift: `guard !mayBeSuspended, failure == nil else { return }`
    @Test(arguments: Face.allCases)
    func onlyAPortalStopsInTheMiddle(_ face: Face) async throws {
        func accepted() async throws -> (Client, ScriptedServer) {
            try await HostileSession.accepted(
                [
                    .receiveUntil(MessageType.flush), .messages(HostileSession.described("a")),
                    .receiveUntil(MessageType.sync),
                    .messages([.bindComplete, Self.row, .portalSuspended, .readyForQuery(.init(.idle))]), .receiveToEnd,
                ], face)
        }
        let sql: SQL = "SELECT a FROM t"
        for way in 0..<4 {
            let (client, server) = try await accepted()
            defer { client.connection.close() }
            let error = await failure {
                switch way {
                case 0: try await client.query(sql)
                case 1: _ = try await client.query(sql, as: Int32.self)
                case 2: _ = try await client.execute(sql)
                default:
                    let stream = client.connection.stream(sql)
                    while try await client.next(stream) != nil {}
                }
            }
            #expect(error?.code == .protocolViolation, "\(way): \(error.map { "\($0)" } ?? "")")
            #expect(!client.connection.isUsable, "\(way)")
            _ = server
        }
    }
}
