import ManticoreTesting
import PostgresWire
import Testing

@testable import PostgresClient

/// A statement that ends by itself at the moment at which it is to be cancelled: its connection is kept whenever the
/// request can hit nobody else.
@Suite(.ownThread) struct CancelCrossingTests {
    private static let request: [UInt8] = [0, 0, 0, 16, 4, 210, 22, 46, 0, 0, 18, 103, 1, 2, 3, 4]

    private static func end(_ status: TransactionStatus = .idle) -> [BackendMessage] {
        [.commandComplete(.init(tag: "SELECT 1")), .readyForQuery(.init(status))]
    }

    private static func refusal(_ state: SQLState) -> [BackendMessage] {
        [
            .errorResponse(.init(ServerError(severity: "ERROR", sqlState: state, message: "no"))),
            .readyForQuery(.init(.idle)),
        ]
    }

    /// A dropped stream whose rest is being read away, up to the moment at which that has taken too long.
    private final class Drain {
        let pair: SocketPair
        let listener: UnixListener
        let core: ConnectionCore
        var operation: SettleOperation?

        init(crdbVersion: String? = nil) throws {
            pair = try SocketPair()
            listener = try UnixListener()
            core = try pair.core(
                cancelTo: listener.address, Connecting.configuration([5432]), crdbVersion: crdbVersion)
            core.session.expect(.execute)
            core.session.expect(.sync)
            operation = SettleOperation(core, endsTransaction: false)
            #expect(try !step())
            try operation?.interrupt(.deadlinePassed)
        }

        deinit { listener.remove() }

        /// Whether the rest has been read.
        func step() throws(PostgresError) -> Bool {
            if case .done? = try operation?.step() { true } else { false }
        }

        /// Steps until the request is sent.
        func sendRequest() throws -> Socket {
            #expect(try !step())
            let socket = try #require(listener.accept())
            #expect(CancelCrossingTests.read(socket) == [], "not before a last look")
            #expect(try !step())
            #expect(CancelCrossingTests.read(socket) == CancelCrossingTests.request)
            return socket
        }
    }

    private static func read(_ socket: Socket) -> [UInt8]? {
        var buffer = [UInt8](repeating: 0, count: 64)
        switch unsafe buffer.withUnsafeMutableBytes({ unsafe socket.receive(into: $0) }) {
        case .bytes(let count): return Array(buffer.prefix(count))
        case .wouldBlock: return []
        case .end, .failed: return nil
        }
    }

    // Guard: Sources/PostgresClient/Connection/Cancellation.swift: `if isConnected, !hasLooked {`
    @Test func anEndThatComesFirstMakesTheRequestSuperfluous() throws {
        let drain = try Drain()
        #expect(try !drain.step())
        let socket = try #require(drain.listener.accept())
        try drain.pair.send(Self.end())
        #expect(try drain.step())
        drain.operation = nil
        #expect(Self.read(socket) == nil, "closed without a word")
        #expect(drain.core.isUsable && drain.core.isSettled && !drain.core.isCancelPending)
    }

    @Test func aStatementThatTheRequestEndedLeavesNothingBehind() throws {
        let drain = try Drain()
        var socket: Socket? = try drain.sendRequest()
        try drain.pair.send(Self.refusal(.queryCanceled))
        #expect(try !drain.step(), "the request's end comes first")
        socket = nil
        _ = socket
        #expect(try drain.step())
        #expect(drain.core.isUsable && !drain.core.isCancelPending)
    }

    // Guard: Sources/PostgresClient/Connection/Cancellation.swift: `request = CancelOperation(core, deadline: deadline)`
    @Test func aRequestThatChangedNothingIsRepeated() async throws {
        let drain = try Drain()
        var socket: Socket? = try drain.sendRequest()
        socket = nil
        _ = socket
        #expect(try !drain.step())
        #expect(drain.listener.accept() == nil, "not at once")
        try await Task.sleep(for: Cancellation.patience + .milliseconds(50))
        socket = try drain.sendRequest()
        try drain.pair.send(Self.refusal(.queryCanceled))
        #expect(try !drain.step(), "the request's end comes first")
        socket = nil
        #expect(try drain.step())
        // Which of the two it was that ended the statement, nobody knows.
        #expect(drain.core.isUsable && drain.core.isCancelPending)
    }

    private static func answer(_ processID: String) -> [BackendMessage] {
        [
            .rowDescription(.init(columns: [ColumnDescription(name: "pg_backend_pid", typeOID: .int4)])),
            .dataRow(.init(values: [Array(processID.utf8)])),
        ] + end()
    }

    // Guard: Sources/PostgresClient/Connection/ConnectionCore.swift: `isCancelPending = true`
    @Test func afterACrossingTheSessionIsAskedWhoItIs() throws {
        let answers: [([BackendMessage], Bool)] = [
            // PostgreSQL itself: what it was told is done.
            (Self.answer("4711"), true),
            // The request came for the question.
            (Self.refusal(.queryCanceled), true),
            // A pooler has numbers of its own.
            (Self.answer("4712"), false), (Self.answer(""), false), (Self.answer("x"), false),
            (Self.refusal(.insufficientPrivilege), false), (Self.end(), false),
        ]
        for (number, (answer, isKept)) in answers.enumerated() {
            let drain = try Drain()
            var socket: Socket? = try drain.sendRequest()
            try drain.pair.send(Self.end())
            #expect(try !drain.step())
            socket = nil
            _ = socket
            #expect(try drain.step())
            #expect(drain.core.isUsable && drain.core.isCancelPending)
            var check = CancelCheckOperation(drain.core)
            guard case .wait = try check.step() else {
                Issue.record("nothing was asked")
                continue
            }
            let asked = drain.pair.received()
            #expect(String(decoding: asked, as: UTF8.self).contains("SELECT pg_catalog.pg_backend_pid()"))
            try drain.pair.send(answer)
            do throws(PostgresError) {
                guard case .done = try check.step() else {
                    Issue.record("the answer does not do")
                    continue
                }
                #expect(isKept, "\(number)")
            } catch {
                #expect(!isKept, "\(number)")
            }
            #expect(drain.core.isUsable == isKept && !drain.core.isCancelPending, "\(number)")
        }
    }

    // Guard: Sources/PostgresClient/Connection/ConnectionCore.swift:
    // `case .delivered where !session.isCockroachDB && session.transactionStatus == .idle:`
    @Test func whereTheRequestMayStillActTheConnectionIsClosed() throws {
        // CockroachDB closes the request's socket before it acts.
        let cockroach = try Drain(crdbVersion: "CockroachDB CCL v25.4.0")
        var socket: Socket? = try cockroach.sendRequest()
        try cockroach.pair.send(Self.end())
        socket = nil
        _ = try cockroach.step()
        #expect(!cockroach.core.isUsable)
        // In a transaction the question would be a part of it.
        let transaction = try Drain()
        socket = try transaction.sendRequest()
        try transaction.pair.send(Self.end(.inTransaction))
        socket = nil
        _ = try transaction.step()
        #expect(!transaction.core.isUsable)
        // Nobody knows what became of it.
        let talkative = try Drain()
        socket = try talkative.sendRequest()
        _ = unsafe [UInt8(0)].withUnsafeBytes { unsafe socket?.send($0) }
        try talkative.pair.send(Self.end())
        _ = try talkative.step()
        #expect(!talkative.core.isUsable)
    }

    /// The question comes before the next statement, in both faces.
    @Test(arguments: Face.allCases)
    func theNextStatementWaitsForTheAnswer(_ face: Face) async throws {
        for (processID, isKept) in [("4711", true), ("4712", false)] {
            let question: [ScriptedServer.Step] = [
                .receive(MessageType.query), .messages(Self.answer(processID)),
            ]
            let statement =
                [.receiveUntil(MessageType.flush)]
                + HostileSession.result(HostileSession.described("a"), [HostileSession.row([0, 0, 0, 42])])
            let (client, server) = try await HostileSession.accepted(
                isKept ? question + statement + [.receiveToEnd] : question + [.receiveToEnd], face)
            try await client.connection.useAsync().isCancelPending = true
            if isKept {
                #expect(try await client.query("SELECT 42::int4 AS a", as: Int32.self) == [42])
                #expect(client.connection.isUsable)
            } else {
                let error = await failure { try await client.query("SELECT 42::int4 AS a") }
                #expect(error?.code == .connectionClosed && error?.isSafeToRetry == true)
            }
            client.connection.close()
            #expect(server.waitUntilFinished())
            #expect(server.failure() == nil)
        }
    }
}
