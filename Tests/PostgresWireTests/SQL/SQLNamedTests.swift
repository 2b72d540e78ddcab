import PostgresWire
import Testing

@Suite(.ownThread) struct SQLNamedTests {
    private func text(
        _ text: String, _ parameters: KeyValuePairs<String, (any PostgresEncodable)?>
    ) throws -> String {
        try SQL(unsafeSQL: text, named: parameters).render().text
    }

    @Test func namesBecomeNumbers() throws {
        #expect(
            try text("SELECT :a, :b::text, :a WHERE x=:b", ["a": 1, "b": nil]) == "SELECT $1, $2::text, $1 WHERE x=$2")
        // The order is that of the text.
        let sql = SQL(unsafeSQL: ":b :a", named: ["a": "x", "b": true])
        #expect(try sql.render().parameters.map(\.postgresType) == [.bool, .unspecified])
        #expect(try text("SELECT 1", [:]) == "SELECT 1")
        #expect(try text(":a", ["a": 1]) == "$1")
    }

    @Test(arguments: [
        "SELECT ':a' || \":a\" || $$:a$$ || E'\\':a' -- :a\n/* :a /* :a */ */ + :a",
        "SELECT x::a, x[1: a], y := a, :a",
    ])
    func colonsThatMeanOthers(_ statement: String) throws {
        let rendered = try SQL(unsafeSQL: statement, named: ["a": 1]).render()
        let end = statement.utf8.count - 2
        #expect(Array(rendered.text.utf8) == Array(statement.utf8.prefix(end)) + Array("$1".utf8))
        #expect(rendered.parameters.count == 1)
    }

    @Test func composesWithOthers() throws {
        let named = SQL(unsafeSQL: "a = :a OR b = :a", named: ["a": 7])
        let sql: SQL = "SELECT \(1) WHERE (\(named)) AND (\(named)) AND c = \(2)"
        #expect(
            try sql.render().text == "SELECT $1 WHERE (a = $2 OR b = $2) AND (a = $3 OR b = $3) AND c = $4")
        #expect(try sql.render().parameters.count == 4)
        let first: SQL = "\(named) \(1)"
        #expect(try first.render().text == "a = $1 OR b = $1 $2")
    }

    @Test(arguments: [
        ("SELECT :b", "no value for the parameter :b"), ("SELECT 1", "a value for :a"),
        ("SELECT :a, $1", "parameter $1"), ("SELECT :A, :a", ":A"),
    ])
    func complaints(_ statement: String, _ message: String) {
        let error = #expect(throws: PostgresError.self) {
            try SQL(unsafeSQL: statement, named: ["a": 1]).render()
        }
        #expect(error?.code == .invalidArgument && error?.message.contains(message) == true)
    }

    @Test func twoValuesForOneName() {
        #expect(throws: PostgresError.self) { try SQL(unsafeSQL: ":a", named: ["a": 1, "a": 2]).render() }
    }

    /// Names are bytes: the composed and the decomposed letter are two.
    @Test func namesAreBytes() throws {
        #expect(try text(":\u{E9} :e\u{301}", ["\u{E9}": 1, "e\u{301}": 2]) == "$1 $2")
    }

    @Test func numbersStayNumbers() throws {
        let sql = SQL(unsafeSQL: "SELECT $2, $1, '$3', $2", parameters: [1, nil])
        let rendered = try sql.render()
        #expect(rendered.text == "SELECT $2, $1, '$3', $2")
        #expect(rendered.parameters.map(\.isNull) == [false, true])
        #expect(try ("\(true) \(sql)" as SQL).render().text == "$1 SELECT $3, $2, '$3', $3")
        for (text, message) in [("$1 $2 $3", "$3"), ("$1", "does not mention $2"), ("$0 $1 $2", "$0")] {
            let error = #expect(throws: PostgresError.self) {
                try SQL(unsafeSQL: text, parameters: [1, 2]).render()
            }
            #expect(error?.message.contains(message) == true)
        }
        #expect(throws: PostgresError.self) { try SQL(unsafeSQL: "$1", parameters: []).render() }
    }
}
