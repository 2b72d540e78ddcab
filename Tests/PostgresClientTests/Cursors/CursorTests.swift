import PostgresClient
import PostgresWire
import Testing

@Suite(.ownThread) struct CursorTests {
    @Test(arguments: Route.allCases, Face.allCases)
    func aPortalGivesItsRowsSomeAtATime(_ route: Route, _ face: Face) async throws {
        let client = try await Client.connect(route, face)
        for total in [0, 1, 10, 25, 30] {
            try await client.simpleQuery("BEGIN")
            let portal = try await client.portal("SELECT i, i::text FROM generate_series(1, \(total)) AS i")
            var seen: [Int] = []
            while true {
                let rows = try await client.fetch(portal, 10, as: (Int, String).self)
                seen += rows.map(\.0)
                #expect(rows.allSatisfy { String($0.0) == $0.1 })
                // Other statements may be run between two fetches.
                #expect(try await client.answers())
                if rows.isEmpty { break }
                #expect(rows.count == 10 || portal.isAtEnd)
            }
            #expect(seen == Array(1...max(total, 1)).filter { $0 <= total })
            #expect(portal.isAtEnd)
            try await client.simpleQuery("COMMIT")
        }
    }

    @Test(arguments: Face.allCases)
    func severalPortalsAreOpenAtOnce(_ face: Face) async throws {
        let client = try await Client.connect(.tcp, face)
        try await client.simpleQuery("BEGIN")
        let first = try await client.portal("SELECT i FROM generate_series(1, 1000) AS i")
        let second = try await client.portal("SELECT -i FROM generate_series(1, 1000) AS i")
        for start in stride(from: 0, to: 1000, by: 250) {
            let some = try await client.fetch(first, 250, as: Int32.self)
            let others = try await client.fetch(second, 250, as: Int32.self)
            #expect(some.first == Int32(start + 1) && others.first == -Int32(start + 1))
        }
        try await client.simpleQuery("ROLLBACK")
        #expect(try await client.answers())
    }

    @Test(arguments: Face.allCases)
    func aPortalLivesAsLongAsItsTransaction(_ face: Face) async throws {
        let client = try await Client.connect(.tcp, face)
        #expect(await failure { try await client.portal("SELECT 1") }?.code == .invalidArgument)
        try await client.simpleQuery("BEGIN")
        let portal = try await client.portal("SELECT i FROM generate_series(1, 100) AS i")
        #expect(await failure { try await client.fetch(portal, 0, as: Int32.self) }?.code == .invalidArgument)
        #expect(try await client.fetch(portal, 1, as: Int32.self) == [1])
        try await client.simpleQuery("COMMIT")
        #expect(await failure { try await client.fetch(portal, 1, as: Int32.self) }?.sqlState == .invalidCursorName)
        #expect(try await client.answers())
    }

    @Test(arguments: Face.allCases)
    func anEndedPortalHoldsNothingUp(_ face: Face) async throws {
        let client = try await Client.connect(.tcp, face)
        try await client.execute("CREATE TEMPORARY TABLE held AS SELECT i::int4 FROM generate_series(1, 10) AS i")
        try await client.simpleQuery("BEGIN")
        let whole = try await client.portal("SELECT i FROM held")
        #expect(try await client.fetch(whole, 100, as: Int32.self).count == 10)
        #expect(whole.isAtEnd)
        let part = try await client.portal("SELECT i FROM held")
        #expect(try await client.fetch(part, 1, as: Int32.self).count == 1)
        part.close()
        #expect(try await client.fetch(part, 1, as: Int32.self).isEmpty)
        do {
            let dropped = try await client.portal("SELECT i FROM held")
            #expect(try await client.fetch(dropped, 1, as: Int32.self).count == 1)
        }
        try await client.execute("TRUNCATE held")
        try await client.simpleQuery("COMMIT")
        #expect(try await client.query("SELECT count(*) FROM pg_cursors WHERE name <> ''", as: Int.self) == [0])
    }

    @Test(arguments: Face.allCases)
    func aPortalThatWasNotBegunInTimeIsNotBegun(_ face: Face) async throws {
        let client = try await Client.connect(.tcp, face)
        try await client.execute("CREATE TEMPORARY TABLE kept AS SELECT 1 AS i")
        try await client.simpleQuery("BEGIN")
        let portal = try await client.portal("DELETE FROM kept RETURNING i")
        try await client.simpleQuery("ROLLBACK")
        #expect(await failure { try await client.fetch(portal, 1, as: Int32.self) }?.code == .invalidArgument)
        #expect(try await client.query("SELECT count(*) FROM kept", as: Int.self) == [1])
    }

    /// The server does not notice when a FETCH that it has prepared is of another cursor than before.
    @Test(arguments: Face.allCases)
    func aNameIsUsedForOneCursorAfterTheOther(_ face: Face) async throws {
        let client = try await Client.connect(.tcp, face)
        for query in ["SELECT 1::int8", "SELECT 1.5::float8", "SELECT 1::int4, 'b'", "SELECT 'c'"] as [SQL] {
            try await client.simpleQuery("BEGIN")
            let cursor = try await client.declareCursor("again", for: query)
            _ = cursor
            for sql in ["FETCH 1 FROM again", " /* so */ fetch 1 from again"] as [SQL] {
                let rows = try await client.query(sql)
                let plain = try await client.query(query)
                #expect(rows.columns.descriptions.map(\.typeOID) == plain.columns.descriptions.map(\.typeOID))
                if let row = rows.first { #expect(try row[0] == plain.first?[0], "\(query)") }
            }
            try await client.simpleQuery("COMMIT")
        }
        for query in ["SELECT 1::int8", "SELECT 1.5::float8"] {
            try await client.simpleQuery("PREPARE by_hand AS \(unsafeSQL: query)")
            #expect(
                try await client.query("EXECUTE by_hand").first?[0] == client.query(SQL(unsafeSQL: query)).first?[0])
            let pipelined = try await client.connection.pipeline { try $0.query("EXECUTE by_hand") }
            #expect(try await pipelined.get().first?[0] == client.query(SQL(unsafeSQL: query)).first?[0])
            try await client.simpleQuery("DEALLOCATE by_hand")
        }
    }

    @Test(arguments: Face.allCases)
    func aCursorGoesWhereItIsTold(_ face: Face) async throws {
        let client = try await Client.connect(.tcp, face)
        try await client.simpleQuery("BEGIN")
        let cursor = try await client.declareCursor(
            "a \"b\"", for: "SELECT i FROM generate_series(1::int8, \(10)) AS i", scrolls: true)
        let steps: [(Cursor.Direction, [Int])] = [
            (.forward(3), [1, 2, 3]), (.last, [10]), (.first, [1]), (.absolute(5), [5]), (.relative(-2), [3]),
            (.backward(2), [2, 1]), (.all, [2, 3, 4, 5, 6, 7, 8, 9, 10]), (.forward(1), []), (.absolute(-1), [10]),
            (.allBefore, [9, 8, 7, 6, 5, 4, 3, 2, 1]),
        ]
        for (direction, expected) in steps {
            #expect(try await client.fetch(cursor, direction) == expected, "\(direction)")
        }
        try await client.simpleQuery("ROLLBACK")
        let held = try await client.declareCursor("held", for: "SELECT 1::int8", isHeld: true)
        #expect(try await client.fetch(held, .all) == [1])
        try await client.close(held)
        #expect(await failure { try await client.fetch(held, .all) }?.sqlState == .invalidCursorName)
        #expect(try await client.answers())
    }
}

extension Client {
    fileprivate func portal(_ sql: SQL) async throws(PostgresError) -> Portal {
        switch face {
        case .blocking: try blockingPortal(sql)
        case .suspending: try await connection.portal(sql)
        }
    }

    private func blockingPortal(_ sql: SQL) throws(PostgresError) -> Portal { try connection.portal(sql) }

    fileprivate func fetch<each Value: PostgresDecodable>(
        _ portal: Portal, _ count: Int, as type: (repeat each Value).Type
    ) async throws(PostgresError) -> [(repeat each Value)] {
        switch face {
        case .blocking: try blockingFetch(portal, count, as: type)
        case .suspending: try await portal.fetch(count, as: type)
        }
    }

    fileprivate func fetch<Value: PostgresDecodable>(
        _ portal: Portal, _ count: Int, as type: Value.Type
    ) async throws(PostgresError) -> [Value] {
        switch face {
        case .blocking: try blockingFetch(portal, count, as: type)
        case .suspending: try await portal.fetch(count, as: type)
        }
    }

    private func blockingFetch<each Value: PostgresDecodable>(
        _ portal: Portal, _ count: Int, as type: (repeat each Value).Type
    ) throws(PostgresError) -> [(repeat each Value)] {
        try portal.fetch(count, as: type)
    }

    private func blockingFetch<Value: PostgresDecodable>(
        _ portal: Portal, _ count: Int, as type: Value.Type
    ) throws(PostgresError) -> [Value] {
        try portal.fetch(count, as: type)
    }

    fileprivate func declareCursor(
        _ name: String, for sql: SQL, scrolls: Bool = false, isHeld: Bool = false
    ) async throws(PostgresError) -> Cursor {
        switch face {
        case .blocking: try blockingDeclare(name, sql, scrolls, isHeld)
        case .suspending: try await connection.declareCursor(name, for: sql, scrolls: scrolls, isHeld: isHeld)
        }
    }

    private func blockingDeclare(
        _ name: String, _ sql: SQL, _ scrolls: Bool, _ isHeld: Bool
    ) throws(PostgresError) -> Cursor {
        try connection.declareCursor(name, for: sql, scrolls: scrolls, isHeld: isHeld)
    }

    fileprivate func fetch(_ cursor: Cursor, _ direction: Cursor.Direction) async throws(PostgresError) -> [Int] {
        switch face {
        case .blocking: try blockingFetch(cursor, direction)
        case .suspending: try await cursor.fetch(direction, as: Int.self)
        }
    }

    private func blockingFetch(_ cursor: Cursor, _ direction: Cursor.Direction) throws(PostgresError) -> [Int] {
        try cursor.fetch(direction, as: Int.self)
    }

    fileprivate func close(_ cursor: Cursor) async throws(PostgresError) {
        switch face {
        case .blocking: try blockingClose(cursor)
        case .suspending: try await cursor.close()
        }
    }

    private func blockingClose(_ cursor: Cursor) throws(PostgresError) { try cursor.close() }
}
