import ManticoreTesting
import PostgresClient
import PostgresWire
import Testing

/// PgBouncer in transaction mode, with more clients than it has sessions with the server.
@Suite(.ownThread, .enabled(if: EphemeralPgBouncer.program != nil, "pgbouncer is not installed"))
struct PoolerModeTests {
    private func withPooler(
        _ body: (EphemeralPgBouncer) async throws -> Void
    ) async throws {
        let server = try await EphemeralPostgres.start()
        let options = EphemeralPgBouncer.Options(
            poolMode: .transaction, settings: ["default_pool_size": "2", "max_client_conn": "50"])
        try await EphemeralPgBouncer.withPooler(before: server, options) { try await body($0) }
        await server.stop()
    }

    private func configuration(
        _ pooler: EphemeralPgBouncer, _ mode: StatementMode
    ) throws -> ConnectionConfiguration {
        var configuration = try ConnectionConfiguration.resolve(connectionString: pooler.url, environment: [:])
        configuration.statementMode = mode
        return configuration
    }

    @Test(arguments: [StatementMode.described, .unnamed, .simple], Face.allCases)
    func everyClientGetsItsAnswers(_ mode: StatementMode, _ face: Face) async throws {
        try await withPooler { pooler in
            var clients: [Client] = []
            for _ in 0..<6 { clients.append(try await Client.connect(try configuration(pooler, mode), face)) }
            defer { for client in clients { client.connection.close() } }
            for round in 0..<10 {
                for (number, client) in clients.enumerated() {
                    let expected = number * 100 + round
                    if mode == .simple {
                        let sql = SQL(unsafeSQL: "SELECT \(expected), 'x' || \(expected)")
                        #expect(try await client.query(sql, as: (Int, String).self)[0] == (expected, "x\(expected)"))
                    } else {
                        let rows = try await client.query(
                            "SELECT \(expected)::int8, \("x\(expected)"), '=r/postgres'::aclitem",
                            as: (Int, String, String).self)
                        #expect(rows[0].0 == expected && rows[0].1 == "x\(expected)")
                    }
                }
                // A transaction keeps its session with the server.
                let client = clients[round % clients.count]
                try await client.execute("BEGIN")
                let processes = try await client.query("SELECT pg_backend_pid()", as: Int.self)
                for other in clients where other.connection !== client.connection {
                    #expect(try await other.answers())
                }
                #expect(try await client.query("SELECT pg_backend_pid()", as: Int.self) == processes)
                try await client.execute("COMMIT")
            }
        }
    }

    /// Clients at the same time, so that the pooler shuffles them.
    @Test(arguments: [StatementMode.described, .unnamed, .simple])
    func clientsAtTheSameTime(_ mode: StatementMode) async throws {
        try await withPooler { pooler in
            let configuration = try configuration(pooler, mode)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<8 {
                    group.addTask {
                        let connection = try await Connection.connect(to: configuration)
                        defer { connection.close() }
                        for round in 0..<20 {
                            let text: SQL =
                                mode == .simple
                                ? SQL(unsafeSQL: "SELECT \(number * round)") : "SELECT \(number * round)::int8"
                            #expect(try await connection.query(text, as: Int.self) == [number * round])
                        }
                    }
                }
                try await group.waitForAll()
            }
        }
    }

    /// Prepared statements stay behind in a session that is somebody else's now.
    @Test(arguments: Face.allCases)
    func cachedStatementsAreLost(_ face: Face) async throws {
        try await withPooler { pooler in
            let client = try await Client.connect(try configuration(pooler, .cached), face)
            let others = [
                try await Client.connect(try configuration(pooler, .simple), .suspending),
                try await Client.connect(try configuration(pooler, .simple), .suspending),
            ]
            defer { for client in others + [client] { client.connection.close() } }
            let statement: SQL = "SELECT \(7)::int8"
            #expect(try await client.query(statement, as: Int.self) == [7])
            let byHand = try await client.prepare("SELECT $1::int8")
            // The session that the client had is taken: the next one is another.
            let process = try await client.query("SELECT pg_backend_pid()", as: Int.self)
            var holder: Client?
            for other in others {
                try await other.execute("BEGIN")
                if try await other.query("SELECT pg_backend_pid()", as: Int.self) == process { holder = other }
            }
            let held = try #require(holder)
            for other in others where other.connection !== held.connection { try await other.execute("COMMIT") }
            for attempt in 0..<2 {
                let error = await failure {
                    if attempt == 0 {
                        try await client.query(statement)
                    } else {
                        try await client.run(byHand, Int64(7))
                    }
                }
                #expect(error?.code == .preparedStatementLost, "\(String(describing: error))")
                #expect(error?.sqlState == .invalidSqlStatementName && error?.statement?.isEmpty == false)
                for part in ["does not exist", "PgBouncer", "statementMode", ".described", ".unnamed"] {
                    #expect(error?.message.contains(part) == true, "\(part)")
                }
            }
            try await held.execute("COMMIT")
            // The connection itself is as good as before, in a mode that goes with the pooler.
            client.connection.statementMode = .described
            #expect(try await client.query(statement, as: Int.self) == [7])
        }
    }

    /// With a session of its own there is nothing to be lost.
    @Test(arguments: Face.allCases)
    func sessionsOfTheirOwn(_ face: Face) async throws {
        let server = try await EphemeralPostgres.start()
        try await EphemeralPgBouncer.withPooler(before: server, .init(poolMode: .session)) { pooler in
            let client = try await Client.connect(try configuration(pooler, .cached), face)
            defer { client.connection.close() }
            for number in 0..<10 {
                #expect(try await client.query("SELECT \(number)", as: Int.self) == [number])
            }
        }
        await server.stop()
    }
}
