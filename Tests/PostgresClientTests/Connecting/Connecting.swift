import ManticoreTesting
import PostgresWire

@testable import PostgresClient

/// What the tests of connecting have in common.
enum Connecting {
    /// Connects by one of the faces, with a resolver of the test's own.
    static func connect(
        _ configuration: ConnectionConfiguration, _ face: Face, seed: UInt64 = 0,
        resolver: @escaping @Sendable (String, Int) -> Result<[SocketAddress], PostgresError> = {
            .failure(unknown($0, $1))
        }
    ) async throws(PostgresError) -> ConnectionCore {
        var surroundings = Surroundings(mayBlock: face == .blocking)
        surroundings.addresses = resolver
        return try await connect(configuration, face, seed: seed, surroundings)
    }

    /// Connects by one of the faces, with other answers of the machine.
    static func connect(
        _ configuration: ConnectionConfiguration, _ face: Face, seed: UInt64 = 0, _ surroundings: Surroundings
    ) async throws(PostgresError) -> ConnectionCore {
        var operation = try ConnectOperation(configuration, seed: seed, surroundings: surroundings)
        switch face {
        case .blocking: return try BlockingDriver.run(&operation)
        case .suspending: return try await AsyncDriver.run(&operation)
        }
    }

    static func unknown(_ host: String, _ port: Int) -> PostgresError {
        PostgresError(.connectionFailed, "the host name \(host) could not be resolved")
    }

    /// A configuration without TLS for servers on 127.0.0.1.
    static func configuration(_ ports: [Int], timeout: Duration = .seconds(20)) throws -> ConnectionConfiguration {
        try configuration(ports.map { ServerHost("127.0.0.1", port: $0) }, timeout: timeout)
    }

    static func configuration(
        _ hosts: [ServerHost], timeout: Duration = .seconds(20)
    ) throws -> ConnectionConfiguration {
        var configuration = try ConnectionConfiguration.resolve(
            host: "127.0.0.1", user: "app", database: "app", environment: [:])
        configuration.hosts = hosts
        configuration.requestedSSLMode = .disable
        configuration.connectTimeout = timeout
        return configuration
    }

    static func addresses(_ list: [(String, Int)]) -> Result<[SocketAddress], PostgresError> {
        do throws(PostgresError) {
            var found: [SocketAddress] = []
            for (host, port) in list {
                found += try SocketAddress.resolve(host: host, port: port, numericOnly: true).get()
            }
            return .success(found)
        } catch {
            return .failure(error)
        }
    }

    /// A session's beginning in which the server reports these settings.
    static func session(
        _ reported: [(String, String)] = [], processID: UInt32 = 4711, key: [UInt8] = [1, 2, 3, 4],
        before: [BackendMessage] = [.authentication(.ok)]
    ) -> [ScriptedServer.Step] {
        let settings = [("server_version", "17.0"), ("client_encoding", "UTF8")] + reported
        return [
            .receiveStartup,
            .messages(
                before + settings.map { .parameterStatus(.init(name: $0.0, value: $0.1)) }
                    + [.backendKeyData(.init(processID: processID, key: key)), .readyForQuery(.init(.idle))]),
        ]
    }

    static func refusal(_ state: SQLState, _ message: String = "go away") -> BackendMessage {
        .errorResponse(.init(ServerError(severity: "FATAL", sqlState: state, message: message)))
    }

    static func refusing(_ state: SQLState, _ message: String = "go away") -> [ScriptedServer.Step] {
        [.receiveStartup, .messages([refusal(state, message)]), .receiveToEnd]
    }
}
