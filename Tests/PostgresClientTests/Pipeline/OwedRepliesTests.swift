import ManticoreTesting
import Testing

@testable import PostgresClient
@testable import PostgresWire

/// What is remembered of replies that are still owed, while many sets of values go out.
@Suite(.ownThread) struct OwedRepliesTests {
    /// What was answered is forgotten while more is sent.
    @Test(arguments: Face.allCases)
    func whatIsAnsweredIsForgotten(_ face: Face) async throws {
        // Over a Unix socket, which holds a fraction of a megabyte.
        let client = try await Client.connect(.socket, face)
        defer { client.connection.close() }
        try await client.execute("CREATE TEMPORARY TABLE owed (a int4, b text)")
        let core = try client.core()
        var (most, capacity) = (0, 0)
        let values = (0..<200_000).lazy.map { number in
            most = max(most, core.session.owedReplies)
            capacity = max(capacity, core.session.replies.capacity)
            return (Int32(number), "a text of some length, so that not so many fit into the sockets")
        }
        #expect(try await client.executeMany("INSERT INTO owed VALUES ($1, $2)", values) == 200_000)
        #expect(most > 0 && most < 100_000, "\(most) of 400,000")
        #expect(capacity < 200_000, "\(capacity) for 400,000")
        #expect(core.session.owedReplies == 0)
    }

    /// A server that takes everything and answers nothing gets no more than this.
    @Test(arguments: Face.allCases)
    func aServerThatNeverAnswersGetsNoFurther(_ face: Face) async throws {
        let server = try ScriptedServer(
            ScriptedServer.acceptingSession + [
                .receiveUntil(MessageType.sync),
                .messages([.parseComplete, .parameterDescription(.init(types: [.int4])), .noData]),
                .messages([.readyForQuery(.init(.idle))]),
                // Bind and Execute are of 35 bytes together, so that these are half a million.
                .receiveBytes(17_500_000), .pause(milliseconds: 300), .close,
            ])
        var configuration = try HostileSession.configuration(server)
        configuration.statementMode = .unnamed
        let client = try await Client.connect(configuration, face)
        var sent = 0
        let values = (0..<Int32.max).lazy.map { number in
            sent += 1
            return number
        }
        let error = await failure { try await client.executeMany("INSERT INTO swallowed VALUES ($1)", values) }
        #expect(error?.code == .connectionLost, "\(String(describing: error))")
        #expect(server.failure() == nil)
        #expect(sent >= 500_000 && sent < 540_000, "\(sent)")
    }
}
