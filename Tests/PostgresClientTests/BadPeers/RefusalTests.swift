import ManticoreTesting
import PostgresClient
import PostgresWire
import Testing

/// A real server that refuses, or is not the one that was asked for.
@Suite(.ownThread) struct RefusalTests {
    private func attempt(_ face: Face, _ change: (inout ConnectionConfiguration) -> Void) async throws -> PostgresError?
    {
        var configuration = try TestServer.configuration(.tls)
        change(&configuration)
        return await failure { try await Client.connect(configuration, face) }
    }

    @Test(arguments: Face.allCases)
    func hostsThatDoNotExistAndPortsThatNobodyHears(_ face: Face) async throws {
        let host = try await attempt(face) { $0.host.name = "no-such-host.invalid" }
        #expect(host?.code == .connectionFailed)
        #expect(host?.message.contains("no-such-host.invalid") == true)
        let port = try await attempt(face) { $0.host.port = 1 }
        #expect(port?.code == .connectionFailed)
        #expect(port?.message.contains("127.0.0.1:1") == true && port?.message.contains("refused") == true)
        #expect(port?.isSafeToRetry == true)
        let socket = try await attempt(face) {
            $0.host.name = "/nonexistent"
            $0.requestedSSLMode = nil
        }
        #expect(socket?.code == .connectionFailed)
        #expect(socket?.message.contains("/nonexistent/.s.PGSQL.") == true)
    }

    @Test(arguments: Face.allCases)
    func credentials(_ face: Face) async throws {
        let password = try await attempt(face) { $0.password = Secret("wrong-secret") }
        #expect(password?.sqlState == .invalidPassword)
        #expect(password.map { !"\($0)".contains("wrong-secret") } == true)
        let missing = try await attempt(face) { $0.password = nil }
        #expect(missing?.code == .authenticationFailed)
        #expect(missing?.message.contains("password") == true)
        let user = try await attempt(face) { $0.user = "nobody_of_that_name" }
        #expect(user?.sqlState == .invalidPassword)
        let database = try await attempt(face) { $0.database = "there_is_none" }
        #expect(database?.sqlState == .invalidCatalogName)
        #expect(database?.message.contains("there_is_none") == true)
        let setting = try await attempt(face) { $0.runtimeParameters = [.init("work_mem", "nonsense")] }
        #expect(setting?.sqlState == .invalidParameterValue)
    }

    @Test(arguments: Face.allCases)
    func trustIsRefusedWhereAPasswordIsSet(_ face: Face) async throws {
        let admin = try await Client.connect(.socket, face)
        _ = try? await admin.execute("CREATE ROLE trusted LOGIN")
        let error = try await attempt(face) { $0.user = "trusted" }
        #expect(error?.code == .authenticationFailed)
        var configuration = try TestServer.configuration(.tls)
        configuration.user = "trusted"
        configuration.password = nil
        #expect(try await Client.connect(configuration, face).answers())
    }

    @Test(arguments: Face.allCases)
    func certificatesThatNobodyVouchesFor(_ face: Face) async throws {
        let untrusted = try await attempt(face) { $0.tls.roots = .default }
        #expect(untrusted?.code == .tls)
        #expect(untrusted?.message.contains("not trusted") == true)
        let system = try await attempt(face) { $0.tls.roots = .system }
        #expect(system?.code == .tls)
        let missing = try await attempt(face) { $0.tls.roots = .file("/nonexistent/root.crt") }
        #expect(missing?.code == .tls)
        #expect(missing?.message.contains("/nonexistent/root.crt") == true)
        // A root of another authority: that of another server.
        let other = try await EphemeralPostgres.start(.init(tls: true))
        let file = try #require(other.caCertificateFile)
        let stranger = try await attempt(face) { $0.tls.roots = .file(file) }
        #expect(stranger?.code == .tls)
        #expect(stranger?.message.contains(file) == true)
        var required = try TestServer.configuration(.tls)
        required.requestedSSLMode = .require
        required.tls.roots = .file(file)
        #expect(
            await failure { try await Client.connect(required, face) }?.code == .tls, "a file is believed in every mode"
        )
        required.tls.roots = .default
        let client = try await Client.connect(required, face)
        #expect(client.connection.tls?.isVerified == false)
        await other.stop()
    }

    @Test(arguments: Face.allCases)
    func aCertificateForAnotherName(_ face: Face) async throws {
        let error = try await attempt(face) {
            $0.host.name = "db.example"
            $0.host.address = "127.0.0.1"
        }
        #expect(error?.code == .tls)
        for part in ["localhost", "127.0.0.1", "db.example"] {
            #expect(error?.message.contains(part) == true, "\(part)")
        }
        var named = try TestServer.configuration(.tls)
        named.host.name = "localhost"
        named.host.address = "127.0.0.1"
        #expect(try await Client.connect(named, face).answers())
        named.host.name = "db.example"
        named.requestedSSLMode = .require
        #expect(try await Client.connect(named, face).answers())
    }

    @Test(arguments: Face.allCases)
    func aServerWithoutTLS(_ face: Face) async throws {
        let server = try await EphemeralPostgres.start()
        var configuration = try TestServer.configuration(server)
        for mode in [SSLMode.require, .verifyFull] {
            configuration.requestedSSLMode = mode
            let error = await failure { try await Client.connect(configuration, face) }
            #expect(error?.code == .tls)
            #expect(error?.message.contains("does not support TLS") == true)
        }
        configuration.requestedSSLMode = .prefer
        let client = try await Client.connect(configuration, face)
        #expect(client.connection.tls == nil)
        #expect(try await client.answers())
        await server.stop()
    }
}
