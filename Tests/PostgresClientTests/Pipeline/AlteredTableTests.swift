import PostgresClient
import PostgresWire
import Testing

/// Tables that are altered after a statement was described and before its values go out. The values' source does it, which
/// is asked for more than the first of them only then.
@Suite(.ownThread) struct AlteredTableTests {
    private func client(_ face: Face, _ mode: StatementMode) async throws -> Client {
        var configuration = try TestServer.configuration(.tcp)
        configuration.statementMode = mode
        return try await Client.connect(configuration, face)
    }

    private static let modes: [StatementMode] = [.cached, .described, .unnamed]
    private static let count = 1000

    /// A table of one `int4`, which the source of the values makes another type.
    private func withTable(
        _ type: String, _ body: (Identifier, LazyMapSequence<Range<Int32>, Int32>) async throws -> Void
    ) async throws {
        let table = "altered_\(UInt64.random(in: .min ... .max))"
        let other = try await Client.connect(.tcp)
        defer { other.connection.close() }
        try await other.simpleQuery(SQL(unsafeSQL: "CREATE TABLE \(table) (a int4)"))
        let configuration = try TestServer.configuration(.tcp)
        let outcome = Guarded<Result<Void, any Error>?>(nil)
        @Sendable func alter() throws {
            let connection = try Connection.connect(to: configuration)
            defer { connection.close() }
            try connection.simpleQuery(
                SQL(unsafeSQL: "ALTER TABLE \(table) ALTER a TYPE \(type) USING a::text::\(type)"))
        }
        let values = (0..<Int32(Self.count)).lazy.map { number in
            if number == 500 { outcome.withLock { $0 = Result { try alter() } } }
            return number
        }
        try await body(Identifier(table), values)
        let altered = try #require(outcome.value)
        try altered.get()
        try await other.simpleQuery(SQL(unsafeSQL: "DROP TABLE \(table)"))
    }

    /// Of the same width, so that a server that took the bytes for the new type would not notice.
    @Test(arguments: modes, Face.allCases)
    func valuesAreNeverMisread(_ mode: StatementMode, _ face: Face) async throws {
        let client = try await client(face, mode)
        defer { client.connection.close() }
        for type in ["float4", "int8", "numeric"] {
            try await withTable(type) { table, values async throws in
                try await client.executeMany("INSERT INTO \(identifier: table) VALUES ($1)", values)
                let stored = try await client.query(
                    "SELECT a::float8 FROM \(identifier: table) ORDER BY a", as: Double.self)
                #expect(stored == (0..<Self.count).map(Double.init), "\(type)")
            }
        }
    }

    @Test(arguments: modes, Face.allCases)
    func whatNoLongerFitsIsRefused(_ mode: StatementMode, _ face: Face) async throws {
        let client = try await client(face, mode)
        defer { client.connection.close() }
        try await withTable("bytea") { table, values async throws in
            let error = await failure {
                try await client.executeMany("INSERT INTO \(identifier: table) VALUES ($1)", values)
            }
            #expect(error?.sqlState == .datatypeMismatch, "\(String(describing: error))")
            #expect(try await client.query("SELECT a FROM \(identifier: table)").isEmpty)
        }
    }

    @Test(arguments: modes, Face.allCases)
    func rowsAreNeverMisread(_ mode: StatementMode, _ face: Face) async throws {
        let client = try await client(face, mode)
        defer { client.connection.close() }
        try await withTable("float4") { table, values async throws in
            let sql: SQL = "INSERT INTO \(identifier: table) VALUES ($1) RETURNING a"
            let error = await failure { try await client.queryMany(sql, values, as: Int32.self) }
            // A statement that the server keeps must not change what it returns; the others are described anew.
            if mode == .cached {
                #expect(error?.sqlState == .featureNotSupported, "\(String(describing: error))")
            } else {
                #expect(error?.code == .decodingFailed, "\(String(describing: error))")
            }
            #expect(try await client.answers())
        }
        guard mode != .cached else { return }
        try await withTable("float4") { table, values async throws in
            let sql: SQL = "INSERT INTO \(identifier: table) VALUES ($1) RETURNING a"
            let rows = try await client.queryMany(sql, values, as: PostgresValue.self)
            #expect(rows == (0..<Self.count).map { PostgresValue.float4(Float($0)) })
        }
    }
}
