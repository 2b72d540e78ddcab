import Testing

@testable import PostgresWire

/// Known vulnerabilities by which one message or statement became several, each by its number.
@Suite("Injection: what is sent is what was meant", .ownThread) struct InjectionTests {
    /// A value that says it is so many bytes long, without there being any.
    private struct Huge: PostgresArrayEncodable {
        let count: Int
        static var arrayType: PostgresOID { .byteaArray }
        var postgresType: PostgresOID { .bytea }
        var postgresFormat: PostgresFormat { .binary }
        func encode(into writer: inout WireWriter) { writer.write(bytes: repeatElement(UInt8(0), count: count)) }
    }

    static let hugeLengths = [1 << 31, (1 << 31) - 1, (1 << 32) - 1, 1 << 32, (1 << 32) + 42, 1 << 40, Int.max]

    // Guard: Sources/PostgresWire/Framing/WireWriter.swift: `guard newBytes.underestimatedCount <= Self.maximumLength - count`
    @Test(
        "CVE-2024-27304, CVE-2024-32655, RUSTSEC-2024-0363, RUSTSEC-2024-0365: an outgoing length that wraps",
        arguments: hugeLengths)
    func cve_2024_27304(_ count: Int) {
        var alone = WireWriter()
        alone.message(MessageType.bind) { writer in writer.lengthPrefixed { Huge(count: count).encode(into: &$0) } }
        #expect(alone.failure == .tooLarge)
        #expect(alone.count < 100, "none of it was copied")
        var inArray = WireWriter()
        inArray.message(MessageType.bind) { writer in
            writer.lengthPrefixed { [Huge(count: 1), Huge(count: count), Huge(count: 1)].encode(into: &$0) }
        }
        #expect(inArray.failure == .tooLarge)
        // Whatever was written before counts too: the message must fit as a whole.
        var sum = WireWriter()
        sum.message(MessageType.bind) { writer in
            writer.lengthPrefixed { Huge(count: 1 << 20).encode(into: &$0) }
            writer.lengthPrefixed { Huge(count: Int(Int32.max) - (1 << 20)).encode(into: &$0) }
        }
        #expect(sum.failure == .tooLarge)
        sum.rollBack(to: 0)
        #expect(sum.failure == nil && sum.count == 0, "nothing is left to be sent")
    }

    // Guard: Sources/PostgresWire/Framing/WireWriter.swift: `guard let value = Int32(exactly: length) else { return fail(.tooLarge) }`
    @Test(
        "CVE-2025-12818: length fields are never cut to 32 bits", arguments: hugeLengths.filter { $0 > Int(Int32.max) })
    func cve_2025_12818(_ length: Int) {
        var writer = WireWriter()
        writer.write(Int32(0x1111_1111))
        writer.patchLength(at: 0, length)
        #expect(writer.failure == .tooLarge)
        #expect(writer.bytes == [0x11, 0x11, 0x11, 0x11])
        writer.write(UInt8(1))
        #expect(writer.failure == .tooLarge, "the first reason stays")
    }

    // Guard: Sources/PostgresWire/Framing/WireWriter.swift: `guard let value = UInt16(exactly: count) else { return fail(.tooLarge) }`
    @Test("CVE-2026-109448: 32,767, 32,768 and 65,535 parameters, and not one more")
    func cve_2026_109448() throws {
        for count in [32_767, 32_768, 65_535] {
            var writer = WireWriter()
            Frontend.Bind(values: Array(repeating: nil, count: count)).encode(into: &writer)
            #expect(writer.failure == nil)
            let body = Array(writer.bytes.dropFirst(5))
            #expect(try Frontend.Bind.decode(body: body).values.count == count)
            let rendered = try SQL.sum(of: count).render()
            #expect(rendered.parameters.count == count)
        }
        for count in [65_536, 65_537, 131_072] {
            var bind = WireWriter()
            Frontend.Bind(values: Array(repeating: nil, count: count)).encode(into: &bind)
            #expect(bind.failure == .tooLarge, "\(count)")
            var parse = WireWriter()
            Frontend.Parse(sql: "", parameterTypes: Array(repeating: .int4, count: count)).encode(into: &parse)
            #expect(parse.failure == .tooLarge, "\(count)")
            let error = #expect(throws: PostgresError.self) { try SQL.sum(of: count).render() }
            #expect(error?.code == .invalidArgument)
        }
    }

    /// Every message with a string in it, made with a text that holds a NUL.
    private static func messages(_ text: String) -> [(String, any WireMessage)] {
        let bytes = Array(text.utf8)
        return [
            ("Query", Frontend.Query(sql: text)), ("Parse's name", Frontend.Parse(name: text, sql: "")),
            ("Parse's SQL", Frontend.Parse(sql: text)), ("Bind's portal", Frontend.Bind(portal: text, values: [])),
            ("Bind's statement", Frontend.Bind(statement: text, values: [])),
            ("Describe", Frontend.Describe(.statement(text))), ("Describe", Frontend.Describe(.portal(text))),
            ("Close", Frontend.Close(.statement(text))), ("Execute", Frontend.Execute(portal: text, maximumRows: 0)),
            ("CopyFail", Frontend.CopyFail(reason: text)), ("a password", Frontend.PasswordMessage(password: bytes)),
            ("a mechanism", Frontend.SASLInitialResponse(mechanism: text, data: [])),
            ("user", Frontend.StartupMessage(parameters: [.init("user", text)])),
            ("a parameter's name", Frontend.StartupMessage(parameters: [.init(text, "x")])),
        ]
    }

    // Guard: Sources/PostgresWire/Framing/WireWriter.swift: `if hasNUL { fail(.embeddedNUL) }`
    // Guard: Sources/PostgresWire/SQL/SQL.swift: `guard nuls == 0 else {`
    @Test(
        "pgx b56d88ff: a NUL in any string that is sent would begin another field",
        arguments: [
            "app\0user\0admin", "\0", "x\0", "\0x", "SELECT 1\0; DROP TABLE t",
        ])
    func embeddedNUL(_ text: String) {
        for (name, message) in Self.messages(text) {
            var writer = WireWriter()
            message.encode(into: &writer)
            #expect(writer.failure == .embeddedNUL, "\(name)")
            #expect(writer.failure.map { !"\($0)".contains("admin") } == true, "the value is not shown")
        }
        for (name, message) in Self.messages("harmless") {
            var writer = WireWriter()
            message.encode(into: &writer)
            #expect(writer.failure == nil, "\(name)")
        }
        // Values too: no text of PostgreSQL holds a NUL.
        var value = WireWriter()
        text.encode(into: &value)
        #expect(value.failure == .embeddedNUL)
        var list = WireWriter()
        ["harmless", text].encode(into: &list)
        #expect(list.failure == .embeddedNUL)
        // The text of a statement, before any of it is written.
        let error = #expect(throws: PostgresError.self) { try SQL(unsafeSQL: text).render() }
        #expect(error?.code == .encodingFailed)
    }

    // No line is the guard: values never become text. Tests/Guards writes a negative number after a minus into the text, before
    // Guard: Sources/PostgresWire/SQL/SQL.swift: `append(parameter: bindings.count)`
    @Test("CVE-2024-27289, CVE-2024-1597, CVE-2024-32888: values never become text of the statement")
    func cve_2024_27289() throws {
        let (number, text) = (-1, "\nX --'\"; DROP TABLE t; /*")
        let rendered = try ("SELECT -\(number), \(text)" as SQL).render()
        #expect(rendered.text == "SELECT -$1, $2")
        #expect(rendered.parameters.count == 2)
        // Neighbours do not run into the placeholder.
        #expect(try ("LIMIT\(number)0" as SQL).render().text == "LIMIT $1 0")
    }

    private static func tokens(_ text: String) -> [String] {
        let bytes = Array(text.utf8)
        return SQLLexer(bytes).filter { !$0.isTrivia }.map {
            "\($0.kind)\($0.isUnterminated ? "!" : "")|" + String(decoding: bytes[$0.range], as: UTF8.self)
        }
    }

    // Guard: Sources/PostgresWire/SQL/SQLLexer+Scanning.swift: `if depth == 0 { return (index, true) }`
    @Test("CVE-2026-41889: a placeholder within a dollar quote, a string or a comment is none")
    func cve_2026_41889() throws {
        #expect(Self.tokens("$tag$ $1 $tag$ $1") == ["dollarString|$tag$ $1 $tag$", "parameter|$1"])
        #expect(Self.tokens("$a$ $b$ $1 $b$ ' $a$ $2") == ["dollarString|$a$ $b$ $1 $b$ ' $a$", "parameter|$2"])
        #expect(Self.tokens("$$ $1 $tag$ $$ $1") == ["dollarString|$$ $1 $tag$ $$", "parameter|$1"])
        #expect(Self.tokens("$tag$ $TAG$ $1 $tag$").count == 1, "tags are told apart by case")
        #expect(Self.tokens("a$tag$ $1") == ["word|a$tag$", "parameter|$1"])
        #expect(Self.tokens(#"E'\' $1' $2"#) == [#"escapeString|E'\' $1'"#, "parameter|$2"])
        #expect(Self.tokens(#"'\' $1"#) == [#"string|'\'"#, "parameter|$1"])
        #expect(Self.tokens(#"U&'\' $1"#) == [#"unicodeString|U&'\'"#, "parameter|$1"])
        #expect(Self.tokens(#""a $1 ""b" $2"#) == [#"quotedIdentifier|"a $1 ""b""#, "parameter|$2"])
        #expect(Self.tokens("/* /* $1 */ ; $1 */ $2") == ["parameter|$2"])
        #expect(Self.tokens("-- $1 /*\n$2") == ["parameter|$2"])
        #expect(Self.tokens("$tag$ $1") == ["dollarString!|$tag$ $1"])
        // Where values are interpolated too, such text stays as it is, and what is a placeholder by hand is refused.
        let id = 7
        for text in ["$tag$ $1 $tag$", "'$1'", "E'\\'$1'", "\"$1\"", "/* /* $1 */ $1 */", "-- $1\n", "$$ $1 $$"] {
            let sql: SQL = "SELECT \(unsafeSQL: text) WHERE id = \(id)"
            #expect(try sql.render().text == "SELECT \(text) WHERE id = $1")
        }
        for text in ["$tag$ $tag$ $1", "E'\\'' || $1", "'\\' || $1", "/* /* */ */ $1", "-- x\n$1"] {
            let sql: SQL = "SELECT \(unsafeSQL: text) WHERE id = \(id)"
            #expect(throws: PostgresError.self, "\(text)") { try sql.render() }
        }
    }

    static let names = [
        "a\"b", "\"", "\"\"", "\";DROP TABLE t;--", "it's", "a;b", "a\nb", "a\r\nb", "a\\\"b", "x\" AS y", "--", "/*",
        "$1",
        "$$", "select", "A", " ", "\u{301}", "e\u{301}", "\"\u{301}", "\u{202E}abc", "\u{1B}[31m", "__proto__", "%s",
        "\u{7F}",
    ]

    // Guard: Sources/PostgresWire/SQL/Identifier.swift: `if scalar == "\"" { quoted.unicodeScalars.append("\"") }`
    @Test(
        "CVE-2022-31197, CVE-2026-120062, CVE-2026-32687, CVE-2025-61385: names cannot leave their quotes",
        arguments: names)
    func cve_2022_31197(_ name: String) throws {
        let quoted = try Identifier(name).quoted()
        let bytes = Array(quoted.utf8)
        let tokens = Array(SQLLexer(bytes))
        #expect(tokens.map(\.kind) == [.quotedIdentifier] && tokens.allSatisfy { !$0.isUnterminated })
        #expect(bytes.first == 0x22 && bytes.last == 0x22)
        let inside = Array(bytes.dropFirst().dropLast())
        #expect(
            inside.split(separator: 0x22, omittingEmptySubsequences: false).count - 1 == 2
                * name.utf8.count { $0 == 0x22 })
        // Through every door: interpolation, schema and name, beside another name.
        let sql: SQL = "SELECT 1 AS \(identifier: name)\(identifier: Identifier(name, name))"
        let kinds = SQLLexer(Array(try sql.render().text.utf8)).filter { !$0.isTrivia }.map(\.kind)
        #expect(kinds == [.word, .number, .word, .quotedIdentifier, .quotedIdentifier, .dot, .quotedIdentifier])
    }

    // Guard: Sources/PostgresWire/Copy/CopyStatement.swift: `if scalar == "'" || scalar == "\\" { literal.unicodeScalars.append(scalar) }`
    @Test(
        "RUSTSEC-2026-0136: options and names of COPY cannot leave their quotes",
        arguments: [
            "'", "''", "\\", "\\'", "\\\\'", "'); DROP TABLE t; --", "\"", "x\"); DROP TABLE t; --", "'\u{301}", "$$",
        ])
    func rustsec_2026_0136(_ text: String) throws {
        let format = CopyFormat.text(null: text, default: text + "d")
        let query: SQL = "SELECT 1"
        for (statement, literals) in [
            (try CopyStatement.input(into: Identifier(text, text), columns: ["a", text], format: format), 2),
            (try CopyStatement.output(of: Identifier(text), columns: [text], format: format), 1),
            (try CopyStatement.output(of: query, format: format), 1),
        ] {
            let tokens = SQLLexer(Array(statement.utf8)).filter { !$0.isTrivia }
            #expect(tokens.allSatisfy { !$0.isUnterminated && $0.kind != .semicolon }, "\(statement)")
            #expect(tokens.count { $0.kind == .string || $0.kind == .escapeString } == literals, "\(statement)")
            #expect(tokens.last?.kind == .closeParenthesis, "\(statement)")
        }
    }

    // The first two stand in for each other, and are taken away together.
    // Guard: Sources/PostgresWire/SQL/Identifier.swift: `if byte == 0 { hasNUL = true }`
    // Guard: Sources/PostgresWire/SQL/SQL.swift: `guard nuls == 0 else {`
    // Guard: Sources/PostgresWire/SQL/Identifier.swift: `if name.isEmpty { throw`
    @Test("CVE-2022-31197: names with a NUL, and empty ones, are refused")
    func namesThatCannotBe() {
        for name in ["a\0b", "\0", "\0\"", ""] {
            let error = #expect(throws: PostgresError.self) { try ("SELECT \(identifier: name)" as SQL).render() }
            #expect(error.map { !"\($0)".utf8.contains(0) } == true)
        }
    }
}

extension SQL {
    fileprivate static func sum(of count: Int) -> SQL {
        let one = Int32(1)
        return "SELECT \((0..<count).map { _ -> SQL in "\(one)" }.joined(separator: "+"))"
    }
}
