import PostgresWire
import Testing

@Suite(.ownThread) struct SQLLexerTests {
    struct Sample: Sendable, CustomTestStringConvertible {
        let input: String
        let tokens: [String]
        var testDescription: String { input.debugDescription }

        init(_ input: String, _ tokens: String...) {
            self.input = input
            self.tokens = tokens
        }
    }

    /// Each token as `kind|text`, with `!` after the kind of one that does not end; white space left out.
    static func dump(_ input: String) -> [String] {
        let bytes = Array(input.utf8)
        return SQLLexer(bytes).filter { $0.kind != .whitespace }.map {
            "\($0.kind)\($0.isUnterminated ? "!" : "")|" + String(decoding: bytes[$0.range], as: UTF8.self)
        }
    }

    static let samples = [
        // Strings of every kind.
        Sample(#"'it''s \'"#, #"string|'it''s \'"#),
        Sample(#"E'it\'s;'"#, #"escapeString|E'it\'s;'"#),
        Sample(#"e'it\'s;' x"#, #"escapeString|e'it\'s;'"#, "word|x"),
        Sample(#"E'a''b\\' c"#, #"escapeString|E'a''b\\'"#, "word|c"),
        Sample(#"E'\"#, #"escapeString!|E'\"#),
        Sample(#"U&'\0061''\' x"#, #"unicodeString|U&'\0061''\'"#, "word|x"),
        Sample(#"u&'d' UESCAPE '!'"#, "unicodeString|u&'d'", "word|UESCAPE", "string|'!'"),
        Sample(#"B'01' x'1F' B'\'"#, "bitString|B'01'", "bitString|x'1F'", #"bitString|B'\'"#),
        Sample("B'0'''", "bitString|B'0'", "string|''"),
        Sample(#"b'\'''' x"#, #"bitString|b'\''''"#, "word|x"),
        Sample(#"N'n''\' n 'x'"#, #"nationalString|N'n''\'"#, "word|n", "string|'x'"),
        Sample("'", "string!|'"),
        Sample("''''", "string|''''"),
        Sample("'''", "string!|'''"),
        Sample(#"fooE'\'"#, "word|fooE", #"string|'\'"#),
        // Literals over several lines: the second part keeps its kind.
        Sample("'a'\n'b'", "string|'a'", "string|'b'"),
        Sample("E'a'\n'b\\'c' d", "escapeString|E'a'", #"escapeString|'b\'c'"#, "word|d"),
        Sample(
            "E'a' -- c\n -- d\n 'b\\''", "escapeString|E'a'", "lineComment|-- c", "lineComment|-- d",
            #"escapeString|'b\''"#),
        Sample("E'a' 'b\\'", "escapeString|E'a'", #"string|'b\'"#),
        Sample("E'a'\n, 'b\\'", "escapeString|E'a'", "comma|,", #"string|'b\'"#),
        Sample("E'a'/*\n*/'b\\'", "escapeString|E'a'", "blockComment|/*\n*/", #"string|'b\'"#),
        // Identifiers.
        Sample("a$1b $1", "word|a$1b", "parameter|$1"),
        Sample("größe _x", "word|größe", "word|_x"),
        Sample(#""a""b;" "c"#, #"quotedIdentifier|"a""b;""#, #"quotedIdentifier!|"c"#),
        Sample(#"U&"d\0061t" u&"x"""#, #"quotedIdentifier|U&"d\0061t""#, #"quotedIdentifier!|u&"x"""#),
        Sample("u & U&1", "word|u", "operator|&", "word|U", "operator|&", "number|1"),
        // Dollar quotes and parameters.
        Sample("$tag$ ; $tag$", "dollarString|$tag$ ; $tag$"),
        Sample("$$a$b$c$$", "dollarString|$$a$b$c$$"),
        Sample("$a$ $b$ $a $a$;", "dollarString|$a$ $b$ $a $a$", "semicolon|;"),
        Sample("$a$b$a$", "dollarString|$a$b$a$"),
        Sample("$a$$$a$", "dollarString|$a$$$a$"),
        Sample("$$ $a$ x", "dollarString!|$$ $a$ x"),
        Sample("$A$ $a$", "dollarString!|$A$ $a$"),
        Sample("$é$'$é$", "dollarString|$é$'$é$"),
        Sample("$12$34", "parameter|$12", "parameter|$34"),
        Sample("$ a", "invalid|$", "word|a"),
        Sample("$a b", "invalid|$", "word|a", "word|b"),
        Sample("x$$y$$", "word|x$$y$$"),
        // Comments.
        Sample("/* a /* b */ ; */c", "blockComment|/* a /* b */ ; */", "word|c"),
        Sample("/*/*/ */*/x", "blockComment|/*/*/ */*/", "word|x"),
        Sample("/***/x", "blockComment|/***/", "word|x"),
        Sample("/* /* */", "blockComment!|/* /* */"),
        Sample("/*/", "blockComment!|/*/"),
        Sample("-- a 'b\nc", "lineComment|-- a 'b", "word|c"),
        Sample("--a\rb", "lineComment|--a", "word|b"),
        Sample("--a\r\nb", "lineComment|--a", "word|b"),
        // Numbers.
        Sample(
            "1 1.5 .5 5. 1e5 1.5E-3 1_000", "number|1", "number|1.5", "number|.5", "number|5.", "number|1e5",
            "number|1.5E-3", "number|1_000"),
        Sample(
            "0x1F 0XaB_cd 0o17 0b1_0 0x_f", "number|0x1F", "number|0XaB_cd", "number|0o17", "number|0b1_0",
            "number|0x_f"),
        Sample("1..10", "number|1", "operator|..", "number|10"),
        Sample("1__0 1_", "number|1", "word|__0", "number|1", "word|_"),
        Sample(
            "1e 1e+ 0x 0b2", "number|1", "word|e", "number|1", "word|e", "operator|+", "number|0", "word|x", "number|0",
            "word|b2"),
        Sample("1.e3", "number|1.e3"),
        // Operators.
        Sample("a->>'b'", "word|a", "operator|->>", "string|'b'"),
        Sample("1+-2", "number|1", "operator|+", "operator|-", "number|2"),
        Sample("1*-2", "number|1", "operator|*", "operator|-", "number|2"),
        Sample("a @- b", "word|a", "operator|@-", "word|b"),
        Sample("a=-1", "word|a", "operator|=", "operator|-", "number|1"),
        Sample("a<--b", "word|a", "operator|<", "lineComment|--b"),
        Sample("a+/*c*/b", "word|a", "operator|+", "blockComment|/*c*/", "word|b"),
        Sample("*/*c*/", "operator|*", "blockComment|/*c*/"),
        Sample("?| !~~* <=>", "operator|?|", "operator|!~~*", "operator|<=>"),
        Sample("a=>1 b:=2", "word|a", "operator|=>", "number|1", "word|b", "operator|:=", "number|2"),
        // Punctuation.
        Sample(
            "a::int[1:2],(b.c);", "word|a", "typecast|::", "word|int", "openBracket|[", "number|1", "colon|:",
            "number|2", "closeBracket|]", "comma|,", "openParenthesis|(", "word|b", "dot|.", "word|c",
            "closeParenthesis|)", "semicolon|;"),
        Sample("a { \0 }", "word|a", "invalid|{", "invalid|\0", "invalid|}"),
        Sample("\u{FEFF}SELECT", "word|SELECT"),
        Sample("x \u{FEFF}", "word|x", "word|\u{FEFF}"),
        // psql.
        Sample(
            "\\restrict x'y\nSELECT 1;\\q", #"psqlMetaCommand|\restrict x'y"#, "word|SELECT", "number|1", "semicolon|;",
            #"psqlMetaCommand|\q"#),
        Sample(#"SELECT \g"#, "word|SELECT", #"invalid|\"#, "word|g"),
        // COPY.
        Sample(
            "COPY t FROM STDIN;\n1\t'\n\\.\nx", "word|COPY", "word|t", "word|FROM", "word|STDIN", "semicolon|;",
            "copyData|1\t'\n\\.\n", "word|x"),
        Sample(
            "copy t (a, b) from stdin with (format csv); -- c\r\n;\r\n\\.\r\nx", "word|copy", "word|t",
            "openParenthesis|(", "word|a", "comma|,", "word|b", "closeParenthesis|)", "word|from", "word|stdin",
            "word|with", "openParenthesis|(", "word|format", "word|csv", "closeParenthesis|)", "semicolon|;",
            "lineComment|-- c", "copyData|;\r\n\\.\r\n", "word|x"),
        Sample(
            "COPY t FROM STDIN;\r  1\r\\.\rx", "word|COPY", "word|t", "word|FROM", "word|STDIN", "semicolon|;",
            "copyData|  1\r\\.\r", "word|x"),
        Sample(
            "COPY t FROM STDIN;\n\\.", "word|COPY", "word|t", "word|FROM", "word|STDIN", "semicolon|;", "copyData|\\."),
        Sample(
            "COPY t FROM STDIN;\n\\. \n\\.x", "word|COPY", "word|t", "word|FROM", "word|STDIN", "semicolon|;",
            "copyData!|\\. \n\\.x"),
        Sample(
            "COPY t FROM 'STDIN';\nx", "word|COPY", "word|t", "word|FROM", "string|'STDIN'", "semicolon|;", "word|x"),
        Sample(
            "COPY (SELECT a FROM stdin) TO 'f';\nx", "word|COPY", "openParenthesis|(", "word|SELECT", "word|a",
            "word|FROM", "word|stdin", "closeParenthesis|)", "word|TO", "string|'f'", "semicolon|;", "word|x"),
        Sample("COPY t TO STDOUT;\nx", "word|COPY", "word|t", "word|TO", "word|STDOUT", "semicolon|;", "word|x"),
    ]

    @Test(arguments: samples) func cutsAsTheServerDoes(_ sample: Sample) {
        #expect(Self.dump(sample.input) == sample.tokens)
    }

    @Test func emptyInputHasNoTokens() {
        #expect(Array(SQLLexer([])).isEmpty)
    }

    @Test func rangeIsCutToTheInput() {
        let bytes = Array("SELECT 1".utf8)
        #expect(SQLLexer(bytes, range: 7..<400).map(\.range) == [7..<8])
        #expect(Array(SQLLexer(bytes, range: 100..<400)).isEmpty)
        #expect(SQLLexer(bytes, range: 0..<3).map(\.range) == [0..<3])
    }

    @Test func copyRowsAreSQLWhenNoneAreExpected() {
        let kinds = SQLLexer(Array("COPY t FROM STDIN;\nx".utf8), readsCopyData: false).map(\.kind)
        #expect(kinds.last == .word)
    }

    @Test func bodiesAreMarked() {
        let text = "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; END;"
        let tokens = Array(SQLLexer(Array(text.utf8)))
        #expect(tokens.filter { $0.kind == .semicolon }.map(\.isInsideBody) == [true, false])
    }

    @Test func manySignsAndManyCommentsStayLinear() {
        // Far too slow if any of them were read anew for each token.
        let signs = [UInt8](repeating: 0x2B, count: 300_000)
        #expect(SQLLexer(signs).reduce(into: 0) { count, _ in count += 1 } == 300_000)
        let comments = Array(String(repeating: "/*", count: 300_000).utf8)
        #expect(SQLLexer(comments).map(\.isUnterminated) == [true])
        let dollars = Array(("$a$" + String(repeating: "$b", count: 300_000)).utf8)
        #expect(SQLLexer(dollars).map(\.isUnterminated) == [true])
    }
}
