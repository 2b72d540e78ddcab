import ManticoreTesting
import PostgresClient
import PostgresWire
import Testing

/// COPY into a table that is ended from outside: by a limit of time, and from another thread.
@Suite(.ownThread) struct CopyLimitTests {
    /// How a COPY that would go on for ever is ended.
    enum Ender: CaseIterable, Sendable {
        case limit
        case canceller

        var code: PostgresError.Code { self == .limit ? .timedOut : .cancelled }
    }

    private static let delay = Duration.seconds(1)

    /// Copies rows without end.
    private func copy(_ provider: some ConnectionProvider, _ table: Identifier, _ face: Face) async throws {
        switch face {
        case .blocking: try blockingCopy(provider, table)
        case .suspending:
            try await provider.copy(into: table, columns: ["id", "name"]) { writer in
                for number in 0..<Int32.max { try await writer.write(number, "some text") }
            }
        }
    }

    private func blockingCopy(_ provider: some ConnectionProvider, _ table: Identifier) throws {
        try provider.copy(into: table, columns: ["id", "name"]) { writer in
            for number in 0..<Int32.max { try writer.write(number, "some text") }
        }
    }

    /// Copies until it is ended, by a canceller not before `isDue`.
    private func ended(
        _ client: Client, _ table: Identifier, by ender: Ender, isDue: @escaping @Sendable () -> Bool = { true }
    ) async throws -> PostgresError? {
        switch ender {
        case .limit:
            return await failure {
                try await copy(client.connection.within(Self.delay), table, client.face)
            }
        case .canceller:
            let canceller = client.connection.canceller
            let partner = try Partner()
            partner.act(after: Self.delay) { while !isDue() || !canceller.cancel() {} }
            defer { partner.end() }
            return await failure { try await copy(client.connection, table, client.face) }
        }
    }

    private func withTable(_ body: (Identifier) async throws -> Void) async throws {
        let table = Identifier("copied_\(UInt64.random(in: .min ... .max))")
        let owner = try await Client.connect(.socket)
        defer { owner.connection.close() }
        try await owner.execute("CREATE TABLE \(identifier: table) (id int4 PRIMARY KEY, name text)")
        try await body(table)
        #expect(try await owner.query("SELECT count(*) FROM \(identifier: table)", as: Int.self) == [0])
        try await owner.execute("DROP TABLE \(identifier: table)")
    }

    /// The server keeps up, and nobody ever waits for it.
    @Test(arguments: Ender.allCases, Face.allCases)
    func whileTheServerKeepsUp(_ ender: Ender, _ face: Face) async throws {
        try await withTable { table async throws in
            let client = try await Client.connect(.tcp, face)
            defer { client.connection.close() }
            let start = ContinuousClock.now
            let error = try await ended(client, table, by: ender)
            #expect(error?.code == ender.code, "\(String(describing: error))")
            #expect(ContinuousClock.now - start < .seconds(30))
            // The server took note, and can be used on.
            #expect(client.connection.isUsable)
            #expect(try await client.answers())
        }
    }

    /// It waits for a lock, reads no more, and the sockets fill up.
    @Test(arguments: Ender.allCases, Face.allCases)
    func whileTheServerTakesNothing(_ ender: Ender, _ face: Face) async throws {
        try await withTable { table async throws in
            let holder = try await Client.connect(.socket)
            defer { holder.connection.close() }
            try await holder.simpleQuery("BEGIN; INSERT INTO \(identifier: table) VALUES (0)")
            let client = try await Client.connect(.tcp, face)
            defer { client.connection.close() }
            let error = try await ended(client, table, by: ender)
            #expect(error?.code == ender.code, "\(String(describing: error))")
            #expect(client.connection.isUsable)
            #expect(try await client.answers())
            try await holder.simpleQuery("ROLLBACK")
        }
    }

    /// What is sent goes nowhere, and nothing comes any more: the connection is given up after the grace of the cancel.
    @Test(arguments: Ender.allCases, Face.allCases)
    func whileTheServerIsCutOff(_ ender: Ender, _ face: Face) async throws {
        try await withTable { table async throws in
            let proxy = try FaultProxy(port: TestServer.server.port)
            defer { proxy.stop() }
            var configuration = try TestServer.configuration()
            configuration.hosts = [ServerHost("127.0.0.1", port: proxy.port)]
            let client = try await Client.connect(configuration, face)
            // Within the first of the rows.
            proxy.inject(.stall, when: .client(hasSent: 3000))
            let start = ContinuousClock.now
            let error = try await ended(client, table, by: ender) { proxy.faultCount > 0 }
            #expect(error?.code == ender.code, "\(String(describing: error))")
            #expect(ContinuousClock.now - start < .seconds(30))
            #expect(!client.connection.isUsable && proxy.faultCount == 1)
            #expect(await failure { try await client.answers() }?.code == .connectionClosed)
        }
    }
}
