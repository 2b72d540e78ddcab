import ManticoreTesting
import PostgresClient
import PostgresWire
import Testing

/// The scripted server against a client that says what the test wants, and against the real one.
@Suite(.serialized) struct ScriptedServerTests {
    private typealias Step = ScriptedServer.Step

    /// Runs a script against a client of raw bytes, and says what the script missed.
    private func failure(_ script: [ScriptedServer.Step], _ client: (LoopbackClient) throws -> Void) throws -> String? {
        let server = try ScriptedServer(script)
        do {
            let raw = try LoopbackClient(port: server.port)
            try client(raw)
        }
        #expect(server.waitUntilFinished())
        return server.failure()
    }

    @Test func expectedBytes() throws {
        #expect(try failure([.expect(bytes: [1, 2, 3])]) { try $0.send([1, 2, 3]) } == nil)
        #expect(try failure([.expect(bytes: [1, 2, 3])]) { try $0.send([1, 9, 3]) } != nil)
        #expect(try failure([.expect(bytes: [1, 2, 3])]) { try $0.send([1, 2]) } != nil)
    }

    @Test func expectedMessages() throws {
        let request: [UInt8] = [0, 0, 0, 8, 4, 210, 22, 47]
        #expect(try failure([.expect(message: .sslRequest(.init()))]) { try $0.send(request) } == nil)
        #expect(
            try failure([.expect(message: .sslRequest(.init()))]) { try $0.send(request.dropLast() + [48]) }?
                .contains("step 0") == true)
        #expect(try failure([.expect(message: .sync)]) { try $0.send([83, 0, 0, 0, 4]) } == nil)
        #expect(try failure([.expect(message: .sync)]) { try $0.send([72, 0, 0, 0, 4]) } != nil)
        #expect(try failure([.expect(message: .sync)]) { try $0.send([83, 0, 0]) } != nil)
    }

    @Test func expectedEnds() throws {
        let step = Step.expectClosed(within: .seconds(10))
        #expect(try failure([step]) { _ in } == nil)
        #expect(try failure([step]) { try $0.send([88, 0, 0, 0, 4]) } == nil, "a farewell")
        #expect(try failure([step]) { try $0.send([83, 0, 0, 0, 4]) } != nil)
        let server = try ScriptedServer([.expectClosed(within: .milliseconds(20))])
        let client = try LoopbackClient(port: server.port)
        #expect(server.waitUntilFinished())
        #expect(server.failure()?.contains("did not close") == true)
        withExtendedLifetime(client) {}
    }

    @Test func segmentsAndFloods() throws {
        let bytes = Array("HELLO WORLD".utf8)
        let server = try ScriptedServer([
            .send(bytes: bytes, splitAt: [1, 4, 4, 99]), .trickle(bytes: bytes), .flood(bytes: bytes, times: 20_001),
        ])
        let client = try LoopbackClient(port: server.port)
        let received = try client.receiveToEnd()
        #expect(received.count == bytes.count * 20_003)
        #expect(received.prefix(22) == bytes[...] + bytes)
        #expect(received.suffix(11) == bytes[...])
        #expect(server.waitUntilFinished())
        #expect(server.bytesSent() == received.count)
        #expect(server.failure() == nil)
        // That the client goes away is no failure of a flood, and one of a message.
        #expect(try failure([.receiveBytes(1), .flood(bytes: bytes, times: 10_000_000)]) { try $0.send([0]) } == nil)
    }

    @Test func whatCameFirst() throws {
        let server = try ScriptedServer([.receiveToEnd])
        do {
            let client = try LoopbackClient(port: server.port)
            try client.send([UInt8](repeating: 7, count: 10_000))
        }
        #expect(server.waitUntilFinished())
        #expect(server.received().count == 10_000)
        #expect(server.firstBytes() == [UInt8](repeating: 7, count: ScriptedServer.firstBytesLimit))
    }

    @Test func severalHosts() throws {
        let first = try ScriptedServer([.send(bytes: [1])])
        let second = try ScriptedServer([.send(bytes: [2])], host: "127.0.0.2", port: first.port)
        #expect(second.host == "127.0.0.2" && second.port == first.port)
        #expect(try LoopbackClient(port: first.port).receiveToEnd() == [1])
        #expect(try LoopbackClient("127.0.0.2", port: first.port).receiveToEnd() == [2])
        #expect(throws: PostgresError.self) { try ScriptedServer([], host: "no address") }
    }

    @Test func scramLetsInWhoKnowsThePassword() async throws {
        let scram = ScriptedServer.SCRAM(password: "secret")
        let server = try ScriptedServer([
            .receiveStartup, .scram(scram), ScriptedServer.sessionStart, .expectClosed(within: .seconds(10)),
        ])
        func configuration(_ password: String) throws -> ConnectionConfiguration {
            try .resolve(
                host: server.host, port: server.port, user: "app", password: password, database: "app",
                sslmode: .disable, environment: [:])
        }
        let connection = try await Connection.connect(to: configuration("secret"))
        #expect(connection.parameters["server_version"] == "17.0")
        connection.close()
        #expect(server.waitUntilFinished())
        #expect(server.failure() == nil)
        await #expect(throws: PostgresError.self) { try await Connection.connect(to: configuration("wrong")) }
        #expect(server.waitUntilFinished(1))
        #expect(server.failure(on: 1)?.contains("proof is wrong") == true)
    }

    @Test func attributesCanBeSpoilt() {
        var message = ScriptedServer.SCRAMMessage([("r", "abc"), ("s", "QUJD"), ("i", "4096")])
        #expect(message.bytes == Array("r=abc,s=QUJD,i=4096".utf8))
        message["s"] = nil
        message["i"] = "1"
        message["x"] = "y"
        #expect(message.bytes == Array("r=abc,i=1,x=y".utf8))
        message.replacement = [0]
        #expect(message.bytes == [0])
    }
}
