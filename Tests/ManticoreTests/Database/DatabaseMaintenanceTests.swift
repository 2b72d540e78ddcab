import Manticore
import ManticoreTesting
import Testing

@Suite(.ownThread) struct DatabaseMaintenanceTests {
    @Test(arguments: ["plain", "na\"me; DROP DATABASE postgres; --", "Größe.1"])
    func createsAndDrops(_ suffix: String) async throws {
        try await inThread {
            let name = try TestDatabase.makeSchema() + suffix
            let db = try Database(url: TestDatabase.server.url)
            defer { db.close() }
            try db.createDatabase(name)
            #expect(try db.count("pg_database", where: ["datname": name]) == 1)
            expectError(.server, sqlState: .duplicateDatabase) { try db.createDatabase(name) }
            try db.dropDatabase(name)
            #expect(try db.count("pg_database", where: ["datname": name]) == 0)
            try db.dropDatabase(name, ifExists: true)
            expectError(.server, sqlState: .invalidCatalogName) { try db.dropDatabase(name) }
        }
    }

    @Test func createsAndDropsAsync() async throws {
        let name = try TestDatabase.makeSchema()
        let db = try Database(url: TestDatabase.server.url)
        defer { db.close() }
        try await db.createDatabase(name)
        let count = try await db.count("pg_database", where: ["datname": name])
        #expect(count == 1)
        try await db.dropDatabase(name)
        try await db.dropDatabase(name, ifExists: true)
    }

    @Test func theDatabaseItselfNeedNotExist() async throws {
        try await inThread {
            let name = try TestDatabase.makeSchema()
            let server = try TestDatabase.server
            let db = Database(
                database: name, host: server.host, port: server.port, user: server.user, password: server.password,
                sslmode: .disable)
            defer { db.close() }
            expectError(.server, sqlState: .invalidCatalogName) { try db.connect() }
            try db.createDatabase(name)
            #expect(try db.query("SELECT current_database()::text", as: String.self) == [name])
            try db.shutdown()
            try db.dropDatabase(name)
        }
    }
}
