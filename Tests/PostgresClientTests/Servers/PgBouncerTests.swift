import ManticoreTesting
import PostgresClient
import PostgresWire
import Testing

/// Through a pooler, which answers for the server until the session is open.
@Suite(.ownThread, .enabled(if: EphemeralPgBouncer.program != nil, "pgbouncer is not installed"))
struct PgBouncerTests {
    private func configuration(
        _ pooler: EphemeralPgBouncer, _ change: (inout ConnectionConfiguration) -> Void = { _ in }
    ) throws -> ConnectionConfiguration {
        var configuration = try ConnectionConfiguration.resolve(connectionString: pooler.url, environment: [:])
        change(&configuration)
        return configuration
    }

    @Test(arguments: EphemeralPgBouncer.Authentication.allCases)
    func everyAuthentication(_ authentication: EphemeralPgBouncer.Authentication) async throws {
        let server = try await EphemeralPostgres.start()
        try await EphemeralPgBouncer.withPooler(before: server, .init(authentication: authentication)) { pooler in
            for face in Face.allCases {
                let asksNothing = authentication == .any || authentication == .trust
                let asIs = try configuration(pooler)
                let client: Client
                if asksNothing {
                    // Somebody who has a password is suspicious of not being asked for it.
                    let error = await failure { try await Client.connect(asIs, face) }
                    #expect(error?.code == .authenticationFailed)
                    client = try await Client.connect(try configuration(pooler) { $0.password = nil }, face)
                    #expect(client.connection.authentication == "none")
                } else {
                    client = try await Client.connect(asIs, face)
                    let expected = authentication == .plain ? "password" : authentication.rawValue
                    #expect(client.connection.authentication == expected)
                    let wrong = try configuration(pooler) { $0.password = Secret("something else") }
                    let error = await failure { try await Client.connect(wrong, face) }
                    // With a code of the protocol's, as it has no other.
                    #expect(error?.code == .server, "\(String(describing: error))")
                    #expect(error?.message.contains("authentication failed") == true)
                }
                #expect(try await client.answers())
                #expect(client.connection.parameters["server_version"]?.hasPrefix("\(server.version)") == true)
                #expect(client.connection.protocolVersion == .v3_0)
                client.connection.close()
            }
        }
        await server.stop()
    }

    @Test func overTLS() async throws {
        let server = try await EphemeralPostgres.start()
        try await EphemeralPgBouncer.withPooler(before: server, .init(tls: true)) { pooler in
            for face in Face.allCases {
                for mode in [SSLMode.require, .verifyCA, .verifyFull] {
                    let client = try await Client.connect(
                        try configuration(pooler) { $0.requestedSSLMode = mode }, face)
                    #expect(client.connection.tls?.isVerified == true)
                    // This version of the pooler does not offer it.
                    #expect(!client.connection.usesChannelBinding)
                    #expect(try await client.answers())
                    client.connection.close()
                }
                let bound = try configuration(pooler) { $0.channelBinding = .require }
                #expect(await failure { try await Client.connect(bound, face) }?.code == .authenticationFailed)
                let clear = try configuration(pooler) { $0.requestedSSLMode = .disable }
                let error = await failure { try await Client.connect(clear, face) }
                #expect(error?.code == .server)
                #expect(error?.message.contains("SSL required") == true, "\(String(describing: error))")
                let stranger = try configuration(pooler) { $0.tls.roots = .system }
                #expect(await failure { try await Client.connect(stranger, face) }?.code == .tls)
                let misnamed = try configuration(pooler) {
                    $0.host = ServerHost("db.example", address: pooler.host, port: pooler.port)
                }
                #expect(await failure { try await Client.connect(misnamed, face) }?.code == .tls)
            }
        }
        await server.stop()
    }

    @Test(arguments: [false, true])
    func cancelling(_ tls: Bool) async throws {
        let server = try await EphemeralPostgres.start()
        try await EphemeralPgBouncer.withPooler(before: server, .init(tls: tls)) { pooler in
            let watcher = try await Connection.connect(to: ConnectionConfiguration(url: server.socketURL))
            defer { watcher.close() }
            let marker = "cancelled_through_the_pooler"
            let configuration = try configuration(pooler)
            func running() async throws -> Bool {
                let pattern = "%" + marker + "%"
                return try await !watcher.query(
                    "SELECT 1 FROM pg_stat_activity WHERE query LIKE \(pattern) AND state = 'active' AND pid <> pg_backend_pid()"
                ).isEmpty
            }
            // A task of a group, which runs on the thread of the test: others may not have one to spare for seconds, and
            // a cancel has five.
            let error = try await withThrowingTaskGroup(of: PostgresError?.self) { group in
                group.addTask {
                    let connection = try await Connection.connect(to: configuration)
                    defer { connection.close() }
                    #expect(connection.processID != nil)
                    return await failure {
                        try await connection.query(SQL(unsafeSQL: "SELECT pg_sleep(60) /* \(marker) */"))
                    }
                }
                while try await !running() { try await Task.sleep(for: .milliseconds(5)) }
                group.cancelAll()
                return try await group.next() ?? nil
            }
            #expect(error?.code == .cancelled, "\(String(describing: error))")
            // The statement itself must be gone, not only our side of it.
            while try await running() { try await Task.sleep(for: .milliseconds(5)) }
        }
        await server.stop()
    }

    @Test func settingsAtTheStart() async throws {
        let server = try await EphemeralPostgres.start()
        try await EphemeralPgBouncer.withPooler(before: server) { pooler in
            for face in Face.allCases {
                let refused = try configuration(pooler) { $0.options = "-c statement_timeout=5s" }
                let error = await failure { try await Client.connect(refused, face) }
                #expect(error?.sqlState == .protocolViolation, "\(String(describing: error))")
                #expect(error?.message.contains("unsupported startup parameter: options") == true)
                #expect(error?.host == "127.0.0.1:\(pooler.port)")
                let unknown = try configuration(pooler) { $0.runtimeParameters = [.init("work_mem", "1MB")] }
                #expect(
                    await failure { try await Client.connect(unknown, face) }?.message
                        .contains("unsupported startup parameter: work_mem") == true)
                // These four it follows.
                let accepted = try configuration(pooler) {
                    $0.applicationName = "through the pooler"
                    $0.runtimeParameters = [.init("DateStyle", "German, DMY"), .init("TimeZone", "Asia/Tokyo")]
                }
                let client = try await Client.connect(accepted, face)
                #expect(
                    try await client.query("SELECT current_setting('application_name')", as: String.self)
                        == ["through the pooler"])
                #expect(try await client.query("SHOW TimeZone", as: String.self) == ["Asia/Tokyo"])
                client.connection.close()
            }
        }
        let lenient = EphemeralPgBouncer.Options(settings: ["ignore_startup_parameters": "options"])
        try await EphemeralPgBouncer.withPooler(before: server, lenient) { pooler in
            let client = try await Client.connect(
                try configuration(pooler) { $0.options = "-c statement_timeout=5s" }, .suspending)
            #expect(try await client.answers())
            client.connection.close()
        }
        await server.stop()
    }

    @Test func whatDoesNotExist() async throws {
        let server = try await EphemeralPostgres.start()
        try await EphemeralPgBouncer.withPooler(before: server) { pooler in
            let database = await failure {
                try await Client.connect(try configuration(pooler) { $0.database = "there_is_none" }, .suspending)
            }
            #expect(database?.code == .server)
            #expect(database?.message.contains("there_is_none") == true, "\(String(describing: database))")
            let role = await failure {
                try await Client.connect(try configuration(pooler) { $0.user = "nobody_of_that_name" }, .suspending)
            }
            #expect(role?.code == .server)
            #expect(role?.host == "127.0.0.1:\(pooler.port)")
        }
        await server.stop()
    }

    @Test func manySessionsInTransactionMode() async throws {
        let server = try await EphemeralPostgres.start()
        let options = EphemeralPgBouncer.Options(
            poolMode: .transaction, settings: ["default_pool_size": "2", "max_client_conn": "50"])
        try await EphemeralPgBouncer.withPooler(before: server, options) { pooler in
            // More clients than the server has sessions for: each gets its turn.
            let configuration = try configuration(pooler)
            let sums = try await withThrowingTaskGroup(of: Int32.self) { group in
                for number in 0..<8 {
                    group.addTask {
                        let connection = try await Connection.connect(to: configuration)
                        defer { connection.close() }
                        var sum: Int32 = 0
                        for _ in 0..<5 {
                            let rows = try await connection.simpleQuery(
                                SQL(unsafeSQL: "SELECT \(number)::int4 AS number"))
                            sum += try rows.first?.first?.decode(0, as: Int32.self) ?? 0
                        }
                        return sum
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(sums.sorted() == (0..<8).map { $0 * 5 })
        }
        await server.stop()
    }

    @Test func aPoolerThatIsGone() async throws {
        let server = try await EphemeralPostgres.start()
        let pooler = try await EphemeralPgBouncer.start(before: server)
        let client = try await Client.connect(try configuration(pooler), .suspending)
        #expect(try await client.answers())
        await pooler.stop()
        await pooler.stop()
        #expect(pooler.log.contains("process up"))
        #expect(await failure { try await client.answers() } != nil)
        #expect(!client.connection.isUsable)
        let again = await failure { try await Client.connect(try configuration(pooler), .suspending) }
        #expect(again?.code == .connectionFailed)
        await server.stop()
    }
}
