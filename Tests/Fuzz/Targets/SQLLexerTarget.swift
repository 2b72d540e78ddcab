import PostgresWire

/// SQL text cut into tokens and statements.
enum SQLLexerTarget: FuzzTarget {
    static let name = "sql-lexer"
    static let maximumLength = 320

    static func run(_ input: [UInt8]) throws {
        // Either way by turns, as the length has it.
        let readsCopyData = input.count.isMultiple(of: 2)
        try checkTokens(input, readsCopyData: readsCopyData)
        try checkScript(input, readsCopyData: readsCopyData)
        guard let text = String(validating: input, as: UTF8.self) else { return }
        _ = try? SQL(unsafeSQL: text).render()
        let middle = text.unicodeScalars.count / 2
        for position in [middle, input.count.isMultiple(of: 3) ? .max : 0] {
            guard let excerpt = StatementExcerpt(of: text, position: position) else { continue }
            try require(!excerpt.text.utf8.contains(0x1B), "an excerpt holds a control character")
        }
    }

    private static func checkTokens(_ input: [UInt8], readsCopyData: Bool) throws {
        var end = 0
        for token in SQLLexer(input, readsCopyData: readsCopyData) {
            try require(token.range.lowerBound == end, "a token begins at \(token.range.lowerBound), not at \(end)")
            try require(!token.range.isEmpty, "an empty token at \(end)")
            if token.kind == .invalid { try require(token.range.count == 1, "a long invalid token at \(end)") }
            end = token.range.upperBound
        }
        try require(end == input.count, "the tokens end at \(end) of \(input.count)")
    }

    private static func checkScript(_ input: [UInt8], readsCopyData: Bool) throws {
        let script: SQLScript
        do {
            script = try SQLScript(input, readsCopyData: readsCopyData)
        } catch {
            try require(error.line >= 1 && error.column >= 1, "an error at \(error.location)")
            _ = error.description
            return
        }
        var end = 0
        for statement in script.statements {
            try require(statement.range.lowerBound >= end, "two statements overlap at \(end)")
            try require(statement.range.upperBound <= input.count, "a statement ends after the text")
            try require(!statement.range.isEmpty, "an empty statement at \(end)")
            _ = statement.leadingKeywords(3)
            end = statement.range.upperBound
            guard let rows = statement.copyData else { continue }
            try require(rows.lowerBound >= end && rows.upperBound <= input.count, "rows lie outside of the text")
            end = rows.upperBound
        }
    }

    static let seeds: [[UInt8]] =
        [
            "SELECT 1", "SELECT $1::int4, 'it''s', E'a\\'b', U&'\\0041', B'101', X'1F', N'x', b'\\x00'",
            "SELECT 'one'\n  'two', E'one'\n'\\'two' -- comment\n, 'x'/* nested /* comment */ */ 'y'",
            "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS $$ SELECT 1; $$; SELECT $tag$ $$ ; $tag$",
            "CREATE FUNCTION f() RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT 1; SELECT CASE WHEN true THEN 2 END; END; SELECT 3",
            "CREATE PROCEDURE p() BEGIN ATOMIC INSERT INTO t VALUES (1); END",
            "CREATE RULE r AS ON INSERT TO t DO ALSO (DELETE FROM u; DELETE FROM v); SELECT 1",
            "COPY t FROM STDIN;\n1\t2\n\\N\t;\n\\.\nSELECT 1;",
            "COPY t (a, b) FROM STDIN WITH (FORMAT csv);\na,b\n\\.\n",
            "\\connect other\nSELECT 1 \\gx\n;\\d t", "\u{FEFF}SELECT 1",
            "SELECT a<-b, a@-b, a+-1, a--b\n, a/*c*/*b, @-1",
            "SELECT 0x1F, 0o17, 0b11, 1_000, 1e10, .5, 1..2, a[1:2], a::text, :x, a := 1, 1.e5, 1e",
            "BEGIN; SAVEPOINT s; RELEASE s; PREPARE TRANSACTION 'x'; COMMIT AND CHAIN; END; ABORT",
            "SELECT \"quoted \"\"name\"\"\", U&\"d\\0061t\", \"", "SELECT '", "/* open", "$a$ open",
            "$1$2 $ a$b $é$x$é$",
            "-- @UNDO\nDROP TABLE t;\n", "-- manticore:no-transaction\nCREATE INDEX CONCURRENTLY i ON t (a);",
            "CREATE TABLE t (id INT);\r\n-- migrate:up\r\nDROP TABLE t;;;  ; ",
            "EXPLAIN (ANALYZE) SELECT 1;\u{0}\u{1}é漢😀",
        ].map { [UInt8](text: $0) } + [[0xFF, 0xFE, 0x27, 0x80], [0xE2, 0x82]]

    static let dictionary: [[UInt8]] = [
        "'", "''", "E'", "U&'", "U&\"", "B'", "X'", "N'", "b'", "\"", "$$", "$a$", "$1", "--", "/*", "*/", "\\.", "\\",
        "\n\\.\n", ";", "::", ":=", "..", "(", ")", "BEGIN ATOMIC", "CASE", "END", "CREATE", "FUNCTION", "PROCEDURE",
        "RULE",
        "COPY", "FROM", "STDIN", "\n", "\r\n", "AS", "DO", "ALSO", "OR REPLACE", "+-", "@-", "0x", "1e", "-- @UNDO",
        "BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "PREPARE TRANSACTION",
    ].map { [UInt8](text: $0) }
}
