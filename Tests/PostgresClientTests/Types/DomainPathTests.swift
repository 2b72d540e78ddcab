import PostgresClient
import PostgresWire
import Testing

/// Every way to read rows finds out by itself what types of this database's own are made of.
@Suite(.ownThread) struct DomainPathTests {
    enum Path: CaseIterable {
        case rows, tuples, simpleQuery, rowStream, tupleStream, portal, portalRows, cursor, cursorRows, pipeline,
            pipelineRows, preparedInPipeline, prepared, preparedRows, many, manyPairs, copyBinary, copyText, copyTable
    }

    /// A schema of its own with a table that holds `{1,2}`, `{2,2}` and `{3,2}` in a column of an array of a domain over a
    /// domain.
    private func withTable(_ body: (_ table: Identifier) async throws -> Void) async throws {
        let client = try await Client.connect()
        let schema = "paths\(UInt64.random(in: 0 ... .max))"
        let name: SQL = "\(identifier: schema)"
        for statement: SQL in [
            "CREATE SCHEMA \(name)", "CREATE DOMAIN \(name).score AS int4",
            "CREATE DOMAIN \(name).points AS \(name).score",
            "CREATE TABLE \(name).lists AS SELECT ARRAY[i, 2]::\(name).points[] AS list FROM generate_series(1, 3) i",
        ] { try await client.execute(statement) }
        let result: Result<Void, any Error>
        do {
            try await body(Identifier(schema, "lists"))
            result = .success(())
        } catch {
            result = .failure(error)
        }
        try await client.execute("DROP SCHEMA \(name) CASCADE")
        try result.get()
    }

    private func connect(
        _ face: Face, _ mode: StatementMode = .cached, capacity: Int = 256
    ) async throws -> Client {
        var configuration = try TestServer.configuration()
        configuration.statementMode = mode
        configuration.statementCacheCapacity = capacity
        return try await Client.connect(configuration, face)
    }

    private func read(_ path: Path, _ table: Identifier, _ client: Client) async throws -> [[Int]] {
        switch client.face {
        case .blocking: try Self.blocking(path, table, client.connection)
        case .suspending: try await Self.suspending(path, table, client.connection)
        }
    }

    private static func blocking(_ path: Path, _ table: Identifier, _ connection: Connection) throws -> [[Int]] {
        let sql: SQL = "SELECT list FROM \(identifier: table) ORDER BY list"
        let one = SQL(unsafeSQL: "SELECT list FROM \(try table.quoted()) WHERE list[1] = $1")
        switch path {
        case .rows: return try connection.query(sql).decode([Int].self)
        case .tuples: return try connection.query(sql, as: [Int].self)
        case .simpleQuery: return try connection.simpleQuery(sql)[0].decode([Int].self)
        case .rowStream:
            let stream = connection.stream(sql)
            var lists: [[Int]] = []
            while let row = try stream.next() { lists.append(try row.decode([Int].self)) }
            return lists
        case .tupleStream:
            let stream = connection.stream(sql, as: [Int].self)
            var lists: [[Int]] = []
            while let list = try stream.next() { lists.append(list) }
            return lists
        case .portal: return try connection.portal(sql).fetch(3, as: [Int].self)
        case .portalRows: return try connection.portal(sql).fetch(3).decode([Int].self)
        case .cursor: return try connection.declareCursor("lists", for: sql).fetch(.all, as: [Int].self)
        case .cursorRows: return try connection.declareCursor("lists", for: sql).fetch(.all).decode([Int].self)
        case .pipeline: return try connection.pipeline { try $0.query(sql, as: [Int].self) }.get()
        case .pipelineRows: return try connection.pipeline { try $0.query(sql) }.get().decode([Int].self)
        case .preparedInPipeline:
            let statement = try connection.prepare(sql)
            return try connection.pipeline { try $0.query(statement, as: [Int].self) }.get()
        case .prepared: return try connection.prepare(sql).query(as: [Int].self)
        case .preparedRows: return try connection.prepare(sql).query().decode([Int].self)
        case .many: return try connection.queryMany(one, [1, 2, 3] as [Int32], as: [Int].self)
        case .manyPairs:
            let two = SQL(unsafeSQL: "SELECT list, $2::int4::text FROM \(try table.quoted()) WHERE list[1] = $1")
            return try connection.queryMany(
                two, [(1, 7), (2, 8), (3, 9)] as [(Int32, Int32)], as: ([Int], String).self
            )
            .map(\.0)
        case .copyBinary, .copyText, .copyTable:
            let stream =
                path == .copyTable
                ? connection.copyOut(table: table, columns: ["list"], as: [Int].self)
                : connection.copyOut(sql, as: [Int].self, format: path == .copyText ? .text : .binary)
            var lists: [[Int]] = []
            while let list = try stream.next() { lists.append(list) }
            return lists
        }
    }

    private static func suspending(
        _ path: Path, _ table: Identifier, _ connection: Connection
    ) async throws -> [[Int]] {
        let sql: SQL = "SELECT list FROM \(identifier: table) ORDER BY list"
        let one = SQL(unsafeSQL: "SELECT list FROM \(try table.quoted()) WHERE list[1] = $1")
        switch path {
        case .rows: return try await connection.query(sql).decode([Int].self)
        case .tuples: return try await connection.query(sql, as: [Int].self)
        case .simpleQuery: return try await connection.simpleQuery(sql)[0].decode([Int].self)
        case .rowStream:
            var lists: [[Int]] = []
            for try await row in connection.stream(sql) { lists.append(try row.decode([Int].self)) }
            return lists
        case .tupleStream:
            var lists: [[Int]] = []
            for try await list in connection.stream(sql, as: [Int].self) { lists.append(list) }
            return lists
        case .portal: return try await connection.portal(sql).fetch(3, as: [Int].self)
        case .portalRows: return try await connection.portal(sql).fetch(3).decode([Int].self)
        case .cursor: return try await connection.declareCursor("lists", for: sql).fetch(.all, as: [Int].self)
        case .cursorRows:
            return try await connection.declareCursor("lists", for: sql).fetch(.all).decode([Int].self)
        case .pipeline: return try await connection.pipeline { try $0.query(sql, as: [Int].self) }.get()
        case .pipelineRows: return try await connection.pipeline { try $0.query(sql) }.get().decode([Int].self)
        case .preparedInPipeline:
            let statement = try await connection.prepare(sql)
            return try await connection.pipeline { try $0.query(statement, as: [Int].self) }.get()
        case .prepared: return try await connection.prepare(sql).query(as: [Int].self)
        case .preparedRows: return try await connection.prepare(sql).query().decode([Int].self)
        case .many: return try await connection.queryMany(one, [1, 2, 3] as [Int32], as: [Int].self)
        case .manyPairs:
            let two = SQL(unsafeSQL: "SELECT list, $2::int4::text FROM \(try table.quoted()) WHERE list[1] = $1")
            return try await connection.queryMany(
                two, [(1, 7), (2, 8), (3, 9)] as [(Int32, Int32)], as: ([Int], String).self
            ).map(\.0)
        case .copyBinary, .copyText, .copyTable:
            let stream =
                path == .copyTable
                ? connection.copyOut(table: table, columns: ["list"], as: [Int].self)
                : connection.copyOut(sql, as: [Int].self, format: path == .copyText ? .text : .binary)
            var lists: [[Int]] = []
            for try await list in stream { lists.append(list) }
            return lists
        }
    }

    /// Each on a connection that knows nothing yet, and again on the same; inside a transaction, since some need one.
    @Test(arguments: [StatementMode.cached, .unnamed, .described], Face.allCases)
    func arraysOfDomainsAreReadEverywhere(_ mode: StatementMode, _ face: Face) async throws {
        try await withTable { table in
            for path in Path.allCases {
                let client = try await connect(face, mode)
                defer { client.connection.close() }
                for round in 1...2 {
                    try await client.execute("BEGIN")
                    let lists = try await read(path, table, client)
                    #expect(lists == [[1, 2], [2, 2], [3, 2]], "\(path), time \(round)")
                    try await client.execute("ROLLBACK")
                }
                #expect(try await client.answers(), "\(path)")
            }
        }
    }

    /// A statement that is dropped from the cache by the look-up itself is prepared once more.
    @Test(arguments: Face.allCases)
    func theLookUpMayTakeTheStatementsPlace(_ face: Face) async throws {
        try await withTable { table in
            for path in [Path.rowStream, .tupleStream, .portal, .many] {
                let client = try await connect(face, capacity: 1)
                defer { client.connection.close() }
                try await client.execute("BEGIN")
                #expect(try await read(path, table, client) == [[1, 2], [2, 2], [3, 2]], "\(path)")
                try await client.execute("COMMIT")
            }
        }
    }

    /// What is known of a statement is not yet what is known of its types: without rows nothing is looked up.
    @Test(arguments: Face.allCases)
    func aKnownStatementLooksUpItsTypes(_ face: Face) async throws {
        try await withTable { table in
            let client = try await connect(face)
            defer { client.connection.close() }
            func statement(_ count: Int) -> SQL {
                "SELECT list FROM \(identifier: table) WHERE list[1] <= \(count) ORDER BY list"
            }
            let lookUps: SQL = """
                SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE 'SELECT t.oid, n.nspname%'
                """
            #expect(try await client.query(statement(0)).isEmpty)
            #expect(try await client.query(lookUps, as: Int.self) == [0])
            let stream = client.connection.stream(statement(2), as: [Int].self)
            #expect(try await client.next(stream) == [1, 2])
            #expect(try await client.next(stream) == [2, 2])
            #expect(try await client.next(stream) == nil)
            #expect(try await client.query(lookUps, as: Int.self) == [1])
            // What can be read as it is needs no look-up: an enum is its label.
            let other = try await connect(face)
            defer { other.connection.close() }
            try await other.execute("CREATE TYPE pg_temp.mood AS ENUM ('sad')")
            let before = try await other.query(lookUps, as: Int.self)
            let moods = other.connection.stream("SELECT 'sad'::pg_temp.mood", as: String.self)
            #expect(try await other.next(moods) == "sad")
            #expect(try await other.next(moods) == nil)
            #expect(try await other.query(lookUps, as: Int.self) == before)
        }
    }

    /// A type that the server itself cannot find is asked for once, and its values are bytes.
    @Test(arguments: Face.allCases)
    func whatTheServerDoesNotKnowIsAskedForOnce(_ face: Face) async throws {
        let client = try await connect(face)
        defer { client.connection.close() }
        try await client.simpleQuery("BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT 1")
        // The transaction's snapshot, in which types are looked up, is older than the type.
        let other = try await Client.connect()
        let schema = "late\(UInt64.random(in: 0 ... .max))"
        try await other.execute("CREATE SCHEMA \(identifier: schema)")
        try await other.execute("CREATE TYPE \(identifier: schema).mood AS ENUM ('sad')")
        let statement: SQL = "SELECT 'sad'::\(identifier: schema).mood AS mood"
        for _ in 1...2 {
            let value = try await client.query(statement)[0]["mood"]
            guard case .unknown(_, _, let bytes) = value else {
                Issue.record("\(value) is known")
                break
            }
            #expect(bytes == Array("sad".utf8))
        }
        try await client.execute("COMMIT")
        let type = try await client.query(statement).columns.descriptions[0].typeOID
        try await client.describeTypes([type])
        #expect(try await client.query(statement)[0]["mood"] == "sad")
        try await other.execute("DROP SCHEMA \(identifier: schema) CASCADE")
    }
}
