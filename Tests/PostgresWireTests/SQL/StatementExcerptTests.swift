import PostgresWire
import Testing

@Suite(.ownThread) struct StatementExcerptTests {
    private func excerpt(_ statement: String, _ position: Int) throws -> StatementExcerpt {
        try #require(StatementExcerpt(of: statement, position: position))
    }

    @Test func caretStandsUnderThePlace() throws {
        let excerpt = try excerpt("SELECT 1,\n  nope\nFROM t", 13)
        #expect(excerpt.location == SQLLocation(line: 2, column: 3))
        #expect(excerpt.text == "  nope\n  ^")
    }

    @Test(arguments: ["\n", "\r\n", "\r"]) func everyLineEndCounts(_ end: String) throws {
        let excerpt = try excerpt("a\(end)\(end)bc", 1 + 2 * end.unicodeScalars.count + 2)
        #expect(excerpt.location == SQLLocation(line: 3, column: 2))
        #expect(excerpt.text == "bc\n ^")
    }

    @Test func positionsCountScalars() throws {
        // A family emoji is one Character and five scalars; e with an accent here two.
        let statement = "'\u{1F468}\u{200D}\u{1F469}\u{200D}\u{1F467}e\u{301}' x"
        let excerpt = try excerpt(statement, 11)
        #expect(excerpt.location.column == 11)
        #expect(excerpt.caret == String(repeating: " ", count: 1 + 6 + 1 + 1 + 1) + "^")
    }

    @Test func tabsAndWideCharactersKeepTheCaretInPlace() throws {
        #expect(try excerpt("\ta\tx", 4).text == "\ta\tx\n\t \t^")
        #expect(try excerpt("日本 x", 4).text == "日本 x\n     ^")
    }

    @Test func longLinesAreCutRoundThePlace() throws {
        let statement = String(repeating: "a", count: 500) + "X" + String(repeating: "b", count: 500)
        let excerpt = try excerpt(statement, 501)
        #expect(
            excerpt.line == "..." + String(repeating: "a", count: 60) + "X" + String(repeating: "b", count: 39) + "...")
        #expect(excerpt.caret == String(repeating: " ", count: 63) + "^")
        #expect(excerpt.location.column == 501)
    }

    @Test func controlCharactersAreShown() throws {
        let excerpt = try excerpt("a\u{1B}[2Jb", 6)
        #expect(excerpt.text == "a\\u{1B}[2Jb\n" + String(repeating: " ", count: 10) + "^")
    }

    @Test func theEndIsAPlace() throws {
        #expect(try excerpt("SELECT", 7).text == "SELECT\n      ^")
        #expect(try excerpt("SELECT (\n\n  ", 13).text == "SELECT (\n        ^")
        #expect(try excerpt("", 1).text == "\n^")
        #expect(try excerpt(" \n ", 4).location == SQLLocation(line: 1, column: 1))
    }

    @Test(arguments: [0, -1, Int.min, Int.max, 8]) func noSuchPosition(_ position: Int) {
        #expect(StatementExcerpt(of: "SELECT", position: position) == nil)
    }

    @Test func placeInAFile() throws {
        let script = try SQLScript("SELECT 1;\n  SELECT x,\n y")
        let statement = try #require(script.statements.last)
        let first = try excerpt(statement.text, 8)
        #expect(statement.location.offset(by: first.location) == SQLLocation(line: 2, column: 10))
        let second = try excerpt(statement.text, 12)
        #expect(statement.location.offset(by: second.location) == SQLLocation(line: 3, column: 2))
    }

    @Test func offsetsOutsideOfATextMoveToItsEnds() {
        let text = Array("a\nb".utf8)
        #expect(SQLLocation(of: -5, in: text) == SQLLocation(line: 1, column: 1))
        #expect(SQLLocation(of: .max, in: text) == SQLLocation(line: 2, column: 2))
    }
}
