import ManticoreTesting
import PostgresWire
import Testing

@testable import PostgresClient

/// Servers that send a byte at a time: an honest one is waited for, one that never comes to an end is not.
@Suite(.ownThread) struct SlowServerTests {
    private func startup(_ pair: SocketPair) throws -> StartupOperation {
        let configuration = try Connecting.configuration([5432])
        let attempt = ConnectionAttempt(
            host: configuration.host, address: try SocketAddress(unixSocket: "/nonexistent/.s.PGSQL.5432"),
            encryption: .none)
        return StartupOperation(Link(pair.near), attempt, configuration, deadline: nil)
    }

    /// Sends bytes one by one, each after the one before has been received.
    ///
    /// - Returns: How many were sent before the start ended, and whether it ended well.
    private func crumbs(
        _ bytes: some Sequence<UInt8>, _ pair: SocketPair, _ startup: inout StartupOperation
    ) throws(any Error) -> (count: Int, core: ConnectionCore?, error: PostgresError?) {
        var count = 0
        for byte in bytes {
            try pair.send([byte])
            count += 1
            do throws(PostgresError) {
                if case .done(let core) = try startup.step() { return (count, core, nil) }
            } catch {
                return (count, nil, error)
            }
        }
        return (count, nil, nil)
    }

    private func long(_ type: UInt8, _ length: UInt32) -> some Sequence<UInt8> {
        let header = HostileSession.header(type, length)
        return header + [UInt8](repeating: UInt8(ascii: "x"), count: Int(length) - 4)
    }

    // Guard: Sources/PostgresClient/Connecting/StartupOperation.swift: `guard receives > most else { return }`
    @Test func crumbsWithoutEndAreNotEaten() throws {
        for isAuthenticated in [false, true] {
            let pair = try SocketPair()
            var operation = try startup(pair)
            _ = try operation.step()
            if isAuthenticated {
                try pair.send([.authentication(.ok)])
                _ = try operation.step()
            }
            let (count, core, error) = try crumbs(
                isAuthenticated
                    ? Array(long(MessageType.parameterStatus, 1 << 17))
                    : Array(long(MessageType.noticeResponse, 30_000)), pair, &operation)
            #expect(core == nil)
            #expect(error?.code == .protocolViolation)
            #expect(error?.message.contains("so little at a time") == true)
            #expect(count <= (isAuthenticated ? 64 : 16) * 1024)
            #expect(count > 4096, "an honest server may be as slow")
        }
    }

    @Test func aSlowServerIsWaitedFor() throws {
        let pair = try SocketPair()
        var operation = try startup(pair)
        _ = try operation.step()
        let settings = (0..<100).map { number in
            BackendMessage.parameterStatus(.init(name: "setting_\(number)", value: "value \(number)"))
        }
        let start =
            [BackendMessage.authentication(.ok)] + settings
            + [.backendKeyData(.init(processID: 4711, key: [1, 2, 3, 4])), .readyForQuery(.init(.idle))]
        let (_, core, error) = try crumbs(HostileSession.bytes(start), pair, &operation)
        #expect(error == nil)
        #expect(core?.session.parameters.count == 100)
        // A refusal may be long.
        let other = try SocketPair()
        var refused = try startup(other)
        _ = try refused.step()
        let text = ServerError(
            severity: "FATAL", sqlState: .tooManyConnections, message: String(repeating: "n", count: 6000))
        #expect(
            try crumbs(HostileSession.bytes([.errorResponse(.init(text))]), other, &refused).error?.code == .server)
    }

    @Test(arguments: Face.allCases)
    func aSlowServerIsWaitedForOverTCP(_ face: Face) async throws {
        let start: [BackendMessage] = [
            .authentication(.ok), .parameterStatus(.init(name: "server_version", value: "17.0")),
            .backendKeyData(.init(processID: 4711, key: [1, 2, 3, 4])), .readyForQuery(.init(.idle)),
        ]
        let server = try ScriptedServer([
            .receiveStartup, .trickle(bytes: HostileSession.bytes(start)), .receiveToEnd,
        ])
        let client = try await Client.connect(HostileSession.configuration(server), face)
        #expect(client.connection.parameters == ["server_version": "17.0"])
        client.connection.close()
    }

    // Guard: Sources/PostgresClient/Transport/DialOperation.swift: `guard feeds <= Self.mostFeeds else {`
    @Test func aHandshakeOfCrumbsEnds() throws {
        let listener = try UnixListener()
        defer { listener.remove() }
        var configuration = try Connecting.configuration([5432])
        configuration.requestedSSLMode = .require
        let context = try TLSContext(configuration, configuration.host)
        let attempt = ConnectionAttempt(host: configuration.host, address: listener.address, encryption: .direct)
        var dial = DialOperation(attempt, configuration, context: context, deadline: nil)
        _ = try dial.step()
        let peer = try #require(listener.accept())
        // A record of the handshake, as long as one may be.
        let record: [UInt8] = [0x16, 3, 3, 0x40, 0] + [UInt8](repeating: 0, count: 0x4000)
        var failure: PostgresError?
        for byte in record {
            _ = unsafe [byte].withUnsafeBytes { unsafe peer.send($0) }
            do throws(PostgresError) {
                _ = try dial.step()
            } catch {
                failure = error
                break
            }
        }
        #expect(failure?.code == .tls)
        #expect(failure?.message.contains("crumbs") == true, "\(failure?.message ?? "nothing")")
    }
}
