import ManticoreTesting
import PostgresWire
import Testing

@testable import PostgresClient

@Suite(.ownThread) struct NotificationTests {
    private func source() throws -> ConnectionPool { try TestServer.pool(2) }

    /// A channel that no other test has.
    private func channel(_ face: Face, _ name: String = "Channel") -> String {
        "\(name) \(face) \(UInt32.random(in: .min ... .max))"
    }

    @Test(arguments: Face.allCases)
    func theyComeWithChannelPayloadAndSender(_ face: Face) async throws {
        let pool = try source()
        defer { pool.close() }
        // Capitals, quotes and everything else stay as they are, and a name may be as long as the server's names are.
        let names = [
            channel(face), channel(face, "it's \"quoted\"; --\n"),
            String(repeating: "é", count: 31) + (face == .blocking ? "b" : "s"),
        ]
        let listener = Listener(pool.notifications(names + names), face)
        try await listener.listen()
        #expect(listener.stream.processID != nil)
        #expect(pool.statistics.open == 0, "a connection of its own")
        let sender = try await Client.connect(.socket)
        defer { sender.connection.close() }
        for (number, name) in names.enumerated() {
            let payload = number == 0 ? "" : String(repeating: "ü", count: 3999)
            try await sender.connection.notify(name, payload)
            let notification = try await listener.next()?.notification
            #expect(notification?.channel == name)
            #expect(notification?.payload == payload)
            #expect(notification?.senderProcessID == sender.connection.processID)
        }
        // Of other letters it is another channel.
        try await sender.connection.notify(names[0].lowercased(), "no")
        #expect(try await listener.next(within: .zero) == nil && !listener.stream.isEnded)
        #expect(try await listener.next(within: .milliseconds(20)) == nil && !listener.stream.isEnded)
        listener.stream.close()
        #expect(try await listener.next() == nil && listener.stream.isEnded)
    }

    @Test(arguments: Face.allCases)
    func namesThatCannotBe(_ face: Face) async throws {
        let pool = try source()
        defer { pool.close() }
        let bad: [([String], PostgresError.Code)] = [
            ([], .invalidArgument), ([""], .invalidArgument), (["a\0b"], .encodingFailed),
            ([String(repeating: "x", count: 64)], .invalidArgument),
            (["a", String(repeating: "é", count: 32)], .invalidArgument),
        ]
        for (names, code) in bad {
            let listener = Listener(pool.notifications(names), face)
            #expect(await failure { try await listener.next() }?.code == code, "\(names)")
            #expect(listener.stream.isEnded)
            #expect(try await listener.next() == nil)
        }
        #expect(pool.streamCount == 0)
    }

    @Test func whatIsTooLongToSend() async throws {
        let pool = try source()
        defer { pool.close() }
        #expect(await failure { try await pool.notify("a", String(repeating: "x", count: 8000)) }?.code == .server)
        #expect(await failure { try await pool.notify(String(repeating: "x", count: 64)) }?.code == .server)
        #expect(await failure { try await pool.notify("") }?.code == .server)
        try blockingNotify(pool)
    }

    private func blockingNotify(_ pool: ConnectionPool) throws { try pool.notify("nobody", "hears it") }

    @Test(arguments: Face.allCases)
    func aBurstComesWholeAndInOrder(_ face: Face) async throws {
        let pool = try source()
        defer { pool.close() }
        let name = channel(face)
        let listener = Listener(pool.notifications(name), face)
        try await listener.listen()
        try await pool.execute(
            "SELECT pg_notify(\(name), i || repeat('x', 100)) FROM generate_series(1, 20000) AS i")
        for number in 1...20000 {
            let payload = try await listener.payload()
            guard payload?.hasPrefix("\(number)x") == true else {
                Issue.record("\(number) is \(payload ?? "none")")
                break
            }
        }
    }

    @Test(arguments: Face.allCases)
    func whoCannotKeepUpIsToldWhatWasDropped(_ face: Face) async throws {
        let pool = try source()
        defer { pool.close() }
        let name = channel(face)
        var settings = NotificationSettings()
        settings.overflow = .dropOldest(beyond: 100)
        let listener = Listener(pool.notifications(name, settings: settings), face)
        try await listener.listen()
        try await pool.execute("SELECT pg_notify(\(name), i::text) FROM generate_series(1, 5000) AS i")
        var (told, dropped, last) = (0, 0, 0)
        while last < 5000 {
            switch try await listener.next() {
            case .notification(let notification)?:
                told += 1
                let number = try #require(Int(notification.payload))
                #expect(number > last)
                last = number
            case .gap(.dropped(let count))?: dropped += count
            case .gap(.reconnected)?, nil: Issue.record("the connection was lost")
            }
        }
        #expect(told + dropped == 5000 && dropped > 0)
    }

    // MARK: - Losses

    @Test(arguments: Face.allCases)
    func aTerminatedSessionIsMadeAnewAndThatIsSaid(_ face: Face) async throws {
        let pool = try source()
        defer { pool.close() }
        let name = channel(face)
        let listener = Listener(pool.notifications(name), face)
        try await listener.listen()
        for round in 0..<3 {
            let process = try #require(listener.stream.processID)
            try await pool.notify(name, "before \(round)")
            #expect(try await listener.payload() == "before \(round)")
            try await pool.execute("SELECT pg_terminate_backend(\(Int32(bitPattern: process)))")
            // The gap is told without a notification after it.
            guard case .gap(.reconnected(let error))? = try await listener.next() else {
                Issue.record("no gap")
                return
            }
            #expect(error.sqlState == .adminShutdown || error.code == .connectionLost, "\(error)")
            #expect(listener.stream.processID != process)
            try await pool.notify(name, "after \(round)")
            #expect(try await listener.payload() == "after \(round)")
        }
    }

    @Test(arguments: Face.allCases, FaultProxy.Fault.allCases)
    func whateverHappensToTheConnectionIsNoticed(_ face: Face, _ fault: FaultProxy.Fault) async throws {
        let proxy = try FaultProxy(port: TestServer.server.port)
        defer { proxy.stop() }
        var configuration = try TestServer.configuration()
        configuration.hosts = [ServerHost("127.0.0.1", port: proxy.port)]
        var settings = NotificationSettings()
        settings.keepaliveInterval = fault == .stall ? .seconds(1) : .seconds(600)
        settings.keepaliveTimeout = .seconds(3)
        let name = channel(face)
        let pool = ConnectionPool(configuration)
        defer { pool.close() }
        let sender = try source()
        defer { sender.close() }
        _ = try await sender.query("SELECT 1")
        let listener = Listener(pool.notifications(name, settings: settings), face)
        try await listener.listen()
        proxy.inject(fault, when: .server(sends: Array("the last".utf8) + [0]), delivering: true)
        try await sender.notify(name, "the last")
        var event = try await listener.next()
        // A reset may take away what was on its way.
        if event?.notification?.payload == "the last" || fault != .reset {
            try #require(event?.notification?.payload == "the last")
            event = try await listener.next()
        }
        guard case .gap(.reconnected)? = event else {
            Issue.record("no gap")
            return
        }
        try await sender.notify(name, "the first")
        #expect(try await listener.payload() == "the first")
        #expect(proxy.faultCount == 1)
    }

    /// A connection that breaks at each step of its making.
    @Test(arguments: Face.allCases)
    func theFirstConnectionThatFailsIsSaid(_ face: Face) async throws {
        let proxy = try FaultProxy(port: TestServer.server.port)
        defer { proxy.stop() }
        var configuration = try TestServer.configuration()
        configuration.hosts = [ServerHost("127.0.0.1", port: proxy.port)]
        for text in ["SCRAM-SHA-256", "LISTEN"] {
            proxy.inject(.reset, when: text == "LISTEN" ? .client(sends: text) : .server(sends: text))
            let listener = Listener(configuration.notifications("a"), face)
            let error = await failure { try await listener.next() }
            #expect(error?.code == .connectionLost || error?.code == .connectionFailed, "\(String(describing: error))")
            #expect(listener.stream.isEnded)
        }
    }

    @Test(arguments: Face.allCases)
    func aServerThatStaysAwayEndsTheStreamInTime(_ face: Face) async throws {
        let proxy = try FaultProxy(port: TestServer.server.port)
        var configuration = try TestServer.configuration()
        configuration.hosts = [ServerHost("127.0.0.1", port: proxy.port)]
        var settings = NotificationSettings()
        settings.reconnectLimit = .milliseconds(300)
        let listener = Listener(configuration.notifications("a", settings: settings), face)
        try await listener.listen()
        proxy.stop()
        let error = await failure { try await listener.next() }
        #expect(error?.code == .connectionFailed || error?.code == .connectionLost, "\(String(describing: error))")
        #expect(try await listener.next() == nil && listener.stream.isEnded)
    }

    // MARK: - Ends

    @Test(arguments: Face.allCases)
    func anotherThreadEndsIt(_ face: Face) async throws {
        for byPool in [false, true] {
            let pool = try source()
            let listener = Listener(pool.notifications("a"), face)
            try await listener.listen()
            #expect(pool.streamCount == 1)
            let process = try #require(listener.stream.processID)
            let canceller = listener.stream.canceller
            try Thread.detach { if byPool { pool.close() } else { canceller.cancel() } }
            #expect(try await listener.next() == nil)
            #expect(listener.stream.isEnded && pool.streamCount == 0)
            #expect(try await isGone(process))
            pool.close()
        }
    }

    @Test(arguments: Face.allCases)
    func itEndsWhileItConnectsOrRests(_ face: Face) async throws {
        // One that never answers, and one that is away after the first connection.
        let silent = try ScriptedServer([.receiveToEnd])
        let configuration = try HostileSession.configuration(silent, timeout: .seconds(600))
        let connecting = Listener(configuration.notifications("a"), face)
        #expect(try await connecting.next(within: .milliseconds(50)) == nil && !connecting.stream.isEnded)
        #expect(try await connecting.next(within: .milliseconds(50)) == nil && !connecting.stream.isEnded)
        #expect(silent.connections == 1, "it goes on with the connection that was begun")
        let canceller = connecting.stream.canceller
        try Thread.detach { canceller.cancel() }
        #expect(try await connecting.next() == nil && connecting.stream.isEnded)
        let proxy = try FaultProxy(port: TestServer.server.port)
        var away = try TestServer.configuration()
        away.hosts = [ServerHost("127.0.0.1", port: proxy.port)]
        let resting = Listener(away.notifications("a"), face)
        try await resting.listen()
        proxy.stop()
        #expect(try await resting.next(within: .milliseconds(100)) == nil && !resting.stream.isEnded)
        let other = resting.stream.canceller
        try Thread.detach { other.cancel() }
        #expect(try await resting.next() == nil && resting.stream.isEnded)
    }

    @Test func aTaskThatIsCancelledEndsIt() async throws {
        let pool = try source()
        defer { pool.close() }
        let process = Guarded<UInt32?>(nil)
        let isListening = Latch()
        let task = Task {
            let stream = pool.notifications("a")
            try await stream.listen()
            process.withLock { $0 = stream.processID }
            isListening.open()
            let error = await failure { for try await _ in stream {} }
            return (error?.code, stream.isEnded)
        }
        await isListening.wait()
        task.cancel()
        let (code, isEnded) = try await task.value
        #expect(code == .cancelled && isEnded)
        #expect(try await isGone(#require(process.value)))
        #expect(pool.streamCount == 0)
    }

    @Test(arguments: Face.allCases)
    func oneThatIsDroppedLeavesNothing(_ face: Face) async throws {
        let pool = try source()
        defer { pool.close() }
        var process: UInt32?
        do {
            let listener = Listener(pool.notifications("a"), face)
            try await listener.listen()
            process = listener.stream.processID
            // Somebody leaves a loop.
            try await pool.notify("a")
            for try await _ in listener.stream { break }
        }
        #expect(try await isGone(#require(process)))
        #expect(pool.streamCount == 0)
        // One that was never used, and one of a pool that is closed.
        _ = pool.notifications("a")
        pool.close()
        let late = Listener(pool.notifications("a"), face)
        #expect(await failure { try await late.next() }?.code == .connectionClosed)
    }

    private func isGone(_ process: UInt32) async throws -> Bool {
        let observer = try await Client.connect(.socket)
        defer { observer.connection.close() }
        for _ in 0..<2000 {
            let found = try await observer.query(
                "SELECT 1 FROM pg_stat_activity WHERE pid = \(Int32(bitPattern: process))")
            if found.isEmpty { return true }
            try await Task.sleep(for: .milliseconds(5))
        }
        return false
    }

    // MARK: - By hand

    @Test(arguments: Face.allCases)
    func aConnectionThatListensItself(_ face: Face) async throws {
        let client = try await Client.connect(.tcp, face)
        defer { client.connection.close() }
        let heard = Guarded<[PostgresNotification]>([])
        client.connection.onNotification = { notification in heard.withLock { $0.append(notification) } }
        let name = channel(face)
        try await client.execute("LISTEN \(identifier: name)")
        try await client.connection.notify(name, "from myself")
        #expect(heard.value.map(\.payload) == ["from myself"])
        #expect(heard.value.first?.senderProcessID == client.connection.processID)
        client.connection.onNotification = nil
        try await client.connection.notify(name, "unheard")
        #expect(heard.value.count == 1)
    }

    // MARK: - Servers that are not PostgreSQL

    static let cockroachDB: ScriptedServer.Step = .messages([
        .authentication(.ok), .parameterStatus(.init(name: "server_version", value: "13.0.0")),
        .parameterStatus(.init(name: "crdb_version", value: "CockroachDB CCL v25.4.0")),
        .parameterStatus(.init(name: "client_encoding", value: "UTF8")),
        .parameterStatus(.init(name: "integer_datetimes", value: "on")), .readyForQuery(.init(.idle)),
    ])

    @Test(arguments: Face.allCases)
    func cockroachDBSaysSo(_ face: Face) async throws {
        let server = try ScriptedServer([.receiveStartup, Self.cockroachDB, .receiveToEnd])
        let configuration = try HostileSession.configuration(server)
        let error = await failure { try await Listener(configuration.notifications("a"), face).next() }
        #expect(error?.code == .unsupported && error?.message.contains("changefeed") == true)
        let client = try await Client.connect(configuration, face)
        #expect(await failure { try await client.connection.notify("a") }?.code == .unsupported)
        #expect(client.connection.isUsable)
        client.connection.close()
    }

    // Guard: Sources/PostgresClient/Notifications/ListeningOperation.swift: `guard !inbox.isFlooded else {`
    // Guard: Sources/PostgresClient/Notifications/ListeningOperation.swift: `guard !isFull, receives < Wait.receivesBe`
    @Test(arguments: Face.allCases)
    func aServerThatSendsWithoutBeingAskedIsLeft(_ face: Face) async throws {
        let notification = HostileSession.bytes([
            .notificationResponse(.init(processID: 1, channel: "a", payload: "x"))
        ])
        let flood: [ScriptedServer.Step] = [.receive(MessageType.query), .flood(bytes: notification, times: 2_000_000)]
        let server = try ScriptedServer(ScriptedServer.acceptingSession + flood + [.receiveToEnd])
        let configuration = try HostileSession.configuration(server)
        let error = await failure { try await Listener(configuration.notifications("a"), face).next() }
        #expect(error?.code == .protocolViolation)
        // Once it listens, any number may come: only as many are received as are asked for.
        let listening: [ScriptedServer.Step] = [
            .receive(MessageType.query),
            .messages([.commandComplete(.init(tag: "LISTEN")), .readyForQuery(.init(.idle))]),
            .flood(bytes: notification, times: 20_000_000),
        ]
        let other = try ScriptedServer(ScriptedServer.acceptingSession + listening + [.receiveToEnd])
        let listener = Listener(try HostileSession.configuration(other).notifications("a"), face)
        for _ in 0..<1000 { #expect(try await listener.payload() == "x") }
        #expect(other.bytesSent() < 100_000_000)
        listener.stream.close()
    }

    /// Fewer than ten thousand, but long ones: what waits for the server to listen is bounded by its size as well.
    // Guard: Sources/PostgresClient/Notifications/ListeningOperation.swift: `earlyBytes < Inbox.mostBytesBeforeSubscri`
    @Test(arguments: Face.allCases)
    func whatComesTooEarlyTakesLittleMemory(_ face: Face) async throws {
        let payload = String(repeating: "x", count: 1 << 20)
        let notification = HostileSession.bytes([
            .notificationResponse(.init(processID: 1, channel: "a", payload: payload))
        ])
        let server = try ScriptedServer(
            ScriptedServer.acceptingSession + [
                .receive(MessageType.query), .flood(bytes: notification, times: 200), .receiveToEnd,
            ])
        let error = await failure {
            try await Listener(HostileSession.configuration(server).notifications("a"), face).next()
        }
        #expect(error?.code == .protocolViolation)
        #expect(server.bytesSent() < 100_000_000)
    }

    /// Only the answer to LISTEN is one; with any other nobody can be sure to hear anything.
    // Guard: Sources/PostgresClient/Notifications/ListeningOperation.swift: `if let error = core.takeError(statement: `
    @Test(arguments: Face.allCases)
    func anAnswerThatIsNone(_ face: Face) async throws {
        let ready = BackendMessage.readyForQuery(.init(.idle))
        let error = ServerError(severity: "ERROR", sqlState: .insufficientPrivilege, message: "no")
        let answers: [(String, [BackendMessage])] = [
            ("an error", [.errorResponse(.init(error)), ready]),
            ("a COPY to the server", [.copyInResponse(.init(.init(overall: .text, columns: []))), ready]),
            (
                "a COPY to the server that ends",
                [
                    .copyInResponse(.init(.init(overall: .text, columns: []))), .commandComplete(.init(tag: "LISTEN")),
                    ready,
                ]
            ),
            (
                "a COPY from the server",
                [
                    .copyOutResponse(.init(.init(overall: .text, columns: []))), .copyDone,
                    .commandComplete(.init(tag: "LISTEN")), ready,
                ]
            ),
            ("an answer to a statement", [.parseComplete, .bindComplete, ready]),
            (
                "another encoding",
                [
                    .parameterStatus(.init(name: "client_encoding", value: "SJIS")),
                    .commandComplete(.init(tag: "LISTEN")), ready,
                ]
            ),
        ]
        for (what, answer) in answers {
            let server = try ScriptedServer(
                ScriptedServer.acceptingSession + [.receive(MessageType.query), .messages(answer), .receiveToEnd])
            let configuration = try HostileSession.configuration(server)
            let failed = await failure {
                try await Listener(configuration.notifications("a"), face).next(within: .seconds(20))
            }
            #expect(failed != nil, "\(what)")
            #expect(server.connections == 1, "\(what): the first connection is tried once")
        }
    }
}
