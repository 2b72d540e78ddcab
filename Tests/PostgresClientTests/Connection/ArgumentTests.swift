import ManticoreTesting
import PostgresClient
import PostgresWire
import Testing

/// What cannot be sent is refused before a byte of it is, and the connection goes on.
@Suite(.ownThread) struct ArgumentTests {
    @Test(arguments: Face.allCases)
    func asManyParametersAsTheProtocolHasAndNoMore(_ face: Face) async throws {
        let client = try await Client.connect(.tcp, face)
        let most = SQL.sumOfOnes(65_535)
        #expect(try await client.query(most, as: Int64.self) == [65_535])
        for count in [65_536, 70_000] {
            let error = await failure { try await client.query(SQL.sumOfOnes(count)) }
            #expect(error?.code == .invalidArgument)
            #expect(error?.message.contains("65535") == true || error?.message.contains("65,535") == true)
        }
        #expect(try await client.answers())
    }

    @Test(arguments: Face.allCases)
    func aNULIsRefusedWhereverItIs(_ face: Face) async throws {
        let client = try await Client.connect(.tcp, face)
        let text = "a\0b"
        let statements: [SQL] = [
            SQL(unsafeSQL: "SELECT 1 \0 garbage"), "SELECT \(text)", "SELECT 1 AS \(identifier: text)",
            "SELECT \([text])", "SELECT \(PostgresJSON("\"\0\""))",
        ]
        for sql in statements {
            let error = await failure { try await client.query(sql) }
            #expect(error?.code == .encodingFailed, "\(String(describing: error))")
            #expect(error?.isSafeToRetry == true || error?.code == .encodingFailed)
            #expect(client.connection.isUsable)
            #expect(try await client.answers())
        }
        let simple = await failure { try await client.simpleQuery(SQL(unsafeSQL: "SELECT 1; \0SELECT 2")) }
        #expect(simple?.code == .encodingFailed)
        #expect(try await client.answers())
        #expect(await failure { try await client.prepare(SQL(unsafeSQL: "SELECT '\0'")) }?.code == .encodingFailed)
        #expect(try await client.answers())
        // As bytes a NUL is a value like any other.
        #expect(try await client.query("SELECT \([UInt8(0)])", as: [UInt8].self) == [[0]])
    }

    @Test(arguments: Face.allCases)
    func aNULInTheSessionsNamesIsRefusedBeforeConnecting(_ face: Face) async throws {
        let base = try TestServer.configuration()
        let changes: [(inout ConnectionConfiguration) -> Void] = [
            { $0.user = "postgres\0admin" }, { $0.database = "postgres\0user\0admin" },
            { $0.applicationName = "x\0y" }, { $0.options = "-c a=b\0" },
            { $0.runtimeParameters = [.init("work_mem", "1MB\0")] }, { $0.runtimeParameters = [.init("a\0b", "x")] },
            { $0.host.name = "127.0.0.1\0evil" }, { $0.password = Secret("a\0b") },
        ]
        for change in changes {
            var configuration = base
            change(&configuration)
            let error = await failure { try await Client.connect(configuration, face) }
            #expect(error?.code == .invalidConfiguration)
            #expect(error?.message.contains("NUL") == true)
            #expect(error.map { !"\($0)".utf8.contains(0) } == true)
        }
    }

    @Test(arguments: Face.allCases)
    func afterItsScopeAConnectionIsOfNoUse(_ face: Face) async throws {
        let pool = try TestServer.pool(1)
        let kept = try await pool.withConnection { connection in
            _ = try await connection.query("SELECT 1")
            return Kept(connection)
        }
        let client = Client(connection: kept.connection, face: face)
        let error = await failure { try await client.query("SELECT 1") }
        #expect(error?.code == .connectionClosed)
        #expect(error?.message.contains("scope") == true)
        #expect(await failure { try await client.simpleQuery("SELECT 1") }?.code == .connectionClosed)
        let stream = client.connection.stream("SELECT 1")
        #expect(await failure { try await client.next(stream) }?.code == .connectionClosed)
        #expect(!client.connection.isUsable && client.connection.host == "")
        #expect(try await pool.query("SELECT 1::int8", as: Int64.self).first == 1)
        pool.close()
    }

    private struct Kept {
        let connection: Connection
        init(_ connection: Connection) { self.connection = connection }
    }

    @Test(arguments: Route.allCases, Face.allCases)
    func anOrderlyCloseIsNoLostConnection(_ route: Route, _ face: Face) async throws {
        // A server of its own: others on the shared one are killed on purpose.
        let server = try await OrderlyServer.shared.server
        let client = try await Client.connect(TestServer.configuration(server, route), face)
        #expect(try await client.answers())
        let process = try #require(client.connection.processID)
        client.connection.close()
        let observer = try await Client.connect(TestServer.configuration(server, .socket), .suspending)
        var isGone = false
        for _ in 0..<500 where !isGone {
            isGone = try await observer.query(
                "SELECT 1 FROM pg_stat_activity WHERE pid = \(Int32(bitPattern: process))"
            ).isEmpty
            if !isGone { try await Task.sleep(for: .milliseconds(10)) }
        }
        #expect(isGone)
        #expect(!server.log.contains("unexpected EOF"))
        #expect(!server.log.contains("could not receive"))
        observer.connection.close()
    }
}

private enum OrderlyServer {
    static let shared = Task { try await EphemeralPostgres.start(.init(tls: true)) }
}

extension Task where Success == EphemeralPostgres, Failure == any Error {
    fileprivate var server: EphemeralPostgres { get async throws { try await value } }
}

extension SQL {
    /// A statement with so many parameters, each 1, that adds them up.
    fileprivate static func sumOfOnes(_ count: Int) -> SQL {
        let one = Int32(1)
        let rows = (0..<count).map { _ -> SQL in "(\(one))" }
        return "SELECT sum(n)::int8 FROM (VALUES \(rows.joined(separator: ", "))) AS v (n)"
    }
}
