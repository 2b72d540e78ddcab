import Manticore

// The words promised to users, as they are promised, in both forms. This file has only to compile.

private struct User: Decodable {
    var id: Int64
    var name: String
}

private func makeDatabases() throws {
    let url: Database = try Database(url: "postgresql://app@host:26257/bank?sslmode=verify-full")
    let named: Database = Database(database: "example_db")
    let parts: Database = Database(
        database: "example_db", host: "localhost", port: 5432, user: "app", password: "secret", sslmode: .verifyFull,
        minConnections: 1, maxConnections: 10, applicationName: "example", connectTimeout: .seconds(5))
    let environment: Database = try Database.fromEnvironment()
    for db in [url, named, parts, environment] { db.close() }
    let _: AsyncDatabase = named
    let _: AsyncTable<Database> = Table("users", in: named)
}

private func blocking(_ db: Database, id: Int64, ids: [Int64]) throws {
    try db.connect()
    db.close()
    try db.shutdown(within: .seconds(5))
    try db.shutdown()

    try db.execute("UPDATE users SET age = \(31) WHERE id = \(id)")
    let result: CommandResult = try db.execute("UPDATE users SET age = \(31) WHERE id = \(id)")
    let _: (CommandTag, Int) = (result.tag, result.rowsAffected)
    let _: Rows = try db.query("SELECT id, name FROM users WHERE age > \(30)")
    let _: [(Int64, String)] = try db.query("SELECT id, name FROM users", as: (Int64, String).self)
    let _: [Int] = try db.query("SELECT id FROM users", as: Int.self)
    let _: [User] = try db.query("SELECT * FROM users", as: User.self)
    let stream: RowStream = db.stream("SELECT * FROM users")
    while let row = try stream.next() { let _: Row = row }

    try db.createDatabase("bank")
    try db.dropDatabase("bank")
    try db.createTable(
        "users", columns: ["id": "UUID PRIMARY KEY DEFAULT gen_random_uuid()", "name": "TEXT NOT NULL"],
        ifNotExists: true)
    let columns: KeyValuePairs<String, SQL> = ["id": "UUID PRIMARY KEY"]
    try db.createTable("users", columns: columns)
    try db.dropTable("users", ifExists: true)
    try db.dropTable(Identifier("audit", "log"))
    let _: Bool = try db.tableExists("users")
    try db.insert("users", ["name": "Ann", "age": 30])
    let _: Row = try db.insert("users", ["name": "Ann", "age": 30])
    let _: Rows = try db.select("users", columns: nil, where: ["active": true], orderBy: "name", limit: 10, offset: 0)
    let _: Rows = try db.select("users", orderBy: .descending("age"))
    let _: Row? = try db.selectOne("users", where: ["id": id])
    let _: Int = try db.count("users", where: ["active": true])
    try db.update("users", ["age": 31], where: ["id": id])
    let _: Rows = try db.update("users", ["age": 31], where: .all)
    try db.delete("users", where: ["id": id])
    let _: Int = try db.delete("users", where: .all)
    try db.batchInsert("users", [["name": "Ann"], ["name": "Bob"]])
    try db.batchUpdate("users", [["id": id, "name": "Ann"]], key: "id")
    try db.batchDelete("users", ids, key: "id")
    try db.transaction { tx in let _: Transaction = tx }
    let _: Int = try db.transaction(isolation: .serializable) { tx in try tx.count("users") }
    try db.withConnection { connection in let _: Connection = connection }
    let _: Int = try db.withConnection { connection in try connection.count("users") }
}

private func suspending(_ db: AsyncDatabase, id: Int64, ids: [Int64]) async throws {
    try await db.connect()
    db.close()
    try await db.shutdown(within: .seconds(5))
    try await db.shutdown()

    try await db.execute("UPDATE users SET age = \(31) WHERE id = \(id)")
    let result: CommandResult = try await db.execute("UPDATE users SET age = \(31) WHERE id = \(id)")
    let _: (CommandTag, Int) = (result.tag, result.rowsAffected)
    let _: Rows = try await db.query("SELECT id, name FROM users WHERE age > \(30)")
    let _: [(Int64, String)] = try await db.query("SELECT id, name FROM users", as: (Int64, String).self)
    let _: [Int] = try await db.query("SELECT id FROM users", as: Int.self)
    let _: [User] = try await db.query("SELECT * FROM users", as: User.self)
    let stream: RowStream = db.stream("SELECT * FROM users")
    for try await row in stream { let _: Row = row }
    for try await row in db.stream("SELECT * FROM users") { let _: Row = row }

    try await db.createDatabase("bank")
    try await db.dropDatabase("bank")
    try await db.createTable(
        "users", columns: ["id": "UUID PRIMARY KEY DEFAULT gen_random_uuid()", "name": "TEXT NOT NULL"],
        ifNotExists: true)
    let columns: KeyValuePairs<String, SQL> = ["id": "UUID PRIMARY KEY"]
    try await db.createTable("users", columns: columns)
    try await db.dropTable("users", ifExists: true)
    try await db.dropTable(Identifier("audit", "log"))
    let _: Bool = try await db.tableExists("users")
    try await db.insert("users", ["name": "Ann", "age": 30])
    let _: Row = try await db.insert("users", ["name": "Ann", "age": 30])
    let _: Rows = try await db.select(
        "users", columns: nil, where: ["active": true], orderBy: "name", limit: 10, offset: 0)
    let _: Rows = try await db.select("users", orderBy: .descending("age"))
    let _: Row? = try await db.selectOne("users", where: ["id": id])
    let _: Int = try await db.count("users", where: ["active": true])
    try await db.update("users", ["age": 31], where: ["id": id])
    let _: Rows = try await db.update("users", ["age": 31], where: .all)
    try await db.delete("users", where: ["id": id])
    let _: Int = try await db.delete("users", where: .all)
    try await db.batchInsert("users", [["name": "Ann"], ["name": "Bob"]])
    try await db.batchUpdate("users", [["id": id, "name": "Ann"]], key: "id")
    try await db.batchDelete("users", ids, key: "id")
    try await db.transaction { tx in let _: Transaction = tx }
    let _: Int = try await db.transaction(isolation: .serializable) { tx in try await tx.count("users") }
    try await db.withConnection { connection in let _: Connection = connection }
    let _: Int = try await db.withConnection { connection in try await connection.count("users") }
}

private func blockingTable(_ db: Database, id: Int64, ids: [Int64]) throws {
    let users = Table("users", in: db)
    try users.create(["name": "Ann"])
    let _: Row = try users.create(["name": "Ann"])
    let _: Row? = try users.read(id)
    let _: Row = try users.get(id)
    let _: Rows = try users.getMany(ids)
    let _: Row? = try users.findOne(where: ["name": "Ann"])
    let _: Rows = try users.list()
    let _: Rows = try users.list(where: ["active": true], orderBy: "name", limit: 10, offset: 0)
    let _: Int = try users.count()
    let _: Int = try users.count(where: ["active": true])
    let _: Bool = try users.exists(where: ["name": "Ann"])
    try users.update(id, ["age": 31])
    let _: Row? = try users.update(id, ["age": 31])
    let _: Rows = try users.updateWhere(["name": "Ann"], ["age": 31])
    try users.delete(id)
    let _: Bool = try users.delete(id)
    let _: Int = try users.deleteWhere(["name": "Ann"])
    let _: [Row] = try users.batchCreate([["name": "Ann"], ["name": "Bob"]])
    let _: [Row] = try users.batchUpdate([["id": id, "name": "Ann"]])
    let _: Int = try users.batchDelete(ids)
    try users.truncate()
    try users.drop()
    try users.drop(ifExists: true)
    try db.transaction { tx in try users.using(tx).create(["name": "Ann"]) }
}

private func suspendingTable(_ db: AsyncDatabase, id: Int64, ids: [Int64]) async throws {
    let users = AsyncTable("users", in: db)
    try await users.create(["name": "Ann"])
    let _: Row = try await users.create(["name": "Ann"])
    let _: Row? = try await users.read(id)
    let _: Row = try await users.get(id)
    let _: Rows = try await users.getMany(ids)
    let _: Row? = try await users.findOne(where: ["name": "Ann"])
    let _: Rows = try await users.list()
    let _: Rows = try await users.list(where: ["active": true], orderBy: "name", limit: 10, offset: 0)
    let _: Int = try await users.count()
    let _: Int = try await users.count(where: ["active": true])
    let _: Bool = try await users.exists(where: ["name": "Ann"])
    try await users.update(id, ["age": 31])
    let _: Row? = try await users.update(id, ["age": 31])
    let _: Rows = try await users.updateWhere(["name": "Ann"], ["age": 31])
    try await users.delete(id)
    let _: Bool = try await users.delete(id)
    let _: Int = try await users.deleteWhere(["name": "Ann"])
    let _: [Row] = try await users.batchCreate([["name": "Ann"], ["name": "Bob"]])
    let _: [Row] = try await users.batchUpdate([["id": id, "name": "Ann"]])
    let _: Int = try await users.batchDelete(ids)
    try await users.truncate()
    try await users.drop()
    try await users.drop(ifExists: true)
    try await db.transaction { tx in try await users.using(tx).create(["name": "Ann"]) }
}

// Leaf calls throw nothing but the package's own error; a closure's error passes through.

private func blockingErrors(_ db: Database, _ sql: SQL, dictionary: [String: any PostgresEncodable])
    throws(PostgresError)
{
    _ = try db.query(sql)
    _ = try db.query(sql, as: (Int64, String?).self)
    _ = try db.query(sql, as: User.self)
    try db.insert("users", Values(dictionary))
    try Table(Identifier("audit", "log"), in: db).create(["name": "Ann"])
}

private func suspendingErrors(_ db: Database, _ sql: SQL, dictionary: [String: any PostgresEncodable])
    async throws(PostgresError)
{
    _ = try await db.query(sql)
    _ = try await db.query(sql, as: (Int64, String?).self)
    _ = try await db.query(sql, as: User.self)
    try await db.insert("users", Values(dictionary))
    try await Table(Identifier("audit", "log"), in: db).create(["name": "Ann"])
}

private func queries(id: Int64?, name: String, ids: [Int64], any: any PostgresEncodable, fragment: SQL) -> [SQL] {
    [
        "SELECT \(id), \(name), \(any), \(nil as Int?)",
        "SELECT * FROM \(identifier: name), \(identifier: Identifier("audit", "log")) \(fragment)",
        "SELECT * FROM users WHERE id IN \(list: ids) OR id = ANY(\(ids)) \(unsafeSQL: "ORDER BY id")",
        SQL(unsafeSQL: name),
    ]
}

private func shared(_ value: some Sendable) {}

private func sendable(_ db: Database, _ rows: Rows, _ sql: SQL, _ values: Values) {
    shared(db)
    shared(rows)
    shared(sql)
    shared(values)
    shared(Table("users", in: db))
    func isRandomAccess(_ collection: some RandomAccessCollection<Row>) {}
    isRandomAccess(rows)
}
