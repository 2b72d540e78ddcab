import PostgresWire
import Testing

@Suite(.ownThread) struct SQLValuesTests {
    @Test func rowsAreNumberedThrough() throws {
        let rows: [(Int32, String?)] = [(1, "Ann"), (2, nil)]
        let sql: SQL = "INSERT INTO t VALUES \(values: rows) RETURNING \(3)"
        let rendered = try sql.render()
        #expect(rendered.text == "INSERT INTO t VALUES ($1, $2), ($3, $4) RETURNING $5")
        #expect(rendered.shown.count == 5)
        #expect(rendered.parameters[3].isNull && !rendered.parameters[2].isNull)
        let one: SQL = "VALUES \(values: [true, false])"
        #expect(try one.render().text == "VALUES ($1), ($2)")
    }

    @Test func rowsOfAnything() throws {
        let rows: [[(any PostgresEncodable)?]] = [[1, "a"], [nil, "b"]]
        let sql: SQL = "VALUES \(values: rows)"
        #expect(try sql.render().text == "VALUES ($1, $2), ($3, $4)")
        let ragged: [[(any PostgresEncodable)?]] = [[1, "a"], [nil]]
        let error = #expect(throws: PostgresError.self) { try ("VALUES \(values: ragged)" as SQL).render() }
        #expect(error?.code == .invalidArgument && error?.message.contains("row 1") == true)
        #expect(throws: PostgresError.self) { try ("VALUES \(values: [[]])" as SQL).render() }
    }

    @Test func noRowsAndTooMany() throws {
        let none: [(Int32, Int32)] = []
        let error = #expect(throws: PostgresError.self) { try ("VALUES \(values: none)" as SQL).render() }
        #expect(error?.message.contains("at least one row") == true)
        let most = (0..<SQL.maximumParameterCount).map { Int32($0) }
        #expect(try ("VALUES \(values: most)" as SQL).render().parameters.count == 65_535)
        #expect(throws: PostgresError.self) { try ("VALUES \(values: most + [0])" as SQL).render() }
    }

    @Test func documents() throws {
        struct Settings: Codable, Equatable {
            var theme: String
            var size: [Int]
        }
        let settings = Settings(theme: "da/rk", size: [1, 2])
        let sql: SQL = "UPDATE t SET s = \(json: settings)"
        let rendered = try sql.render()
        #expect(rendered.text == "UPDATE t SET s = $1")
        #expect(rendered.parameters[0].postgresType == .jsonb)
        guard case .json(let document, .jsonb)? = rendered.parameters[0] as? PostgresValue else {
            Issue.record("it is \(rendered.parameters[0])")
            return
        }
        #expect(document.text == #"{"size":[1,2],"theme":"da/rk"}"#)
        #expect(try document.decode(Settings.self) == settings)
        #expect(throws: DecodingError.self) { try PostgresJSON("{}").decode(Settings.self) }
        let error = #expect(throws: PostgresError.self) { try ("SELECT \(json: Double.nan)" as SQL).render() }
        #expect(error?.code == .encodingFailed)
    }
}
