import PostgresWire
import Testing

@Suite(.ownThread) struct SQLTests {
    private let one = SampleParameter(1)
    private let two = SampleParameter(2)
    private let three = SampleParameter(3)

    private func expect(
        _ sql: SQL, _ text: String, _ parameters: [String?] = [],
        sourceLocation: Testing.SourceLocation = #_sourceLocation
    ) throws {
        let rendered = try sql.render()
        #expect(Array(rendered.text.utf8) == Array(text.utf8), sourceLocation: sourceLocation)
        #expect(rendered.shown == parameters, sourceLocation: sourceLocation)
    }

    @Test func plainLiteral() throws {
        try expect("SELECT 'it''s', \"x\"; -- ü\n", "SELECT 'it''s', \"x\"; -- ü\n")
        try expect("", "")
    }

    @Test func valuesAreNumberedInOrder() throws {
        try expect("SELECT \(one), \(two) WHERE \(three) > 0", "SELECT $1, $2 WHERE $3 > 0", ["1", "2", "3"])
        try expect("\(one)", "$1", ["1"])
    }

    @Test func optionalsAndExistentials() throws {
        let some: SampleParameter? = one
        let none: SampleParameter? = nil
        let anything: any PostgresEncodable = two
        let perhaps: (any PostgresEncodable)? = three
        let nothing: (any PostgresEncodable)? = nil
        try expect(
            "\(some), \(none), \(anything), \(perhaps), \(nothing), \(nil)", "$1, $2, $3, $4, $5, $6",
            ["1", nil, "2", "3", nil, nil])
    }

    @Test func literalsInsideAreValues() throws {
        try expect("SELECT \("text; --")", "SELECT $1", ["text; --"])
        try expect("SELECT \(String("x"))", "SELECT $1", ["x"])
        let rendered = try SQL("SELECT \(7), \(true), \(1.5), \(Int?.none)").render()
        #expect(rendered.parameters.map(\.postgresType) == [.int8, .bool, .float8, .unspecified])
        #expect(rendered.parameters.map(\.isNull) == [false, false, false, true])
    }

    @Test func renderingIsStable() throws {
        let sql: SQL = "SELECT \(one)"
        #expect(try sql.render().text == sql.render().text)
        try expect("\(sql) UNION \(sql)", "SELECT $1 UNION SELECT $2", ["1", "1"])
        try expect(sql, "SELECT $1", ["1"])
    }

    @Test func fragmentsAreRenumbered() throws {
        let inner: SQL = "b = \(two)"
        let outer: SQL = "(a = \(one) OR \(inner) OR c = \(three))"
        try expect(outer, "(a = $1 OR b = $2 OR c = $3)", ["1", "2", "3"])
        try expect(
            "SELECT \(three) WHERE \(outer) AND \(inner)",
            "SELECT $1 WHERE (a = $2 OR b = $3 OR c = $4) AND b = $5", ["3", "1", "2", "3", "2"])
        try expect("x\(SQL("")) \(SQL("plain")) \(one)", "x plain $1", ["1"])
    }

    @Test func renumberingAcrossDigits() throws {
        let eleven = (1...11).map { "c = \(SampleParameter($0))" as SQL }.joined(separator: " OR ")
        let sql: SQL = "SELECT 'é' WHERE \(one) AND (\(eleven)) OR 'ü'"
        let expected = (2...12).map { "c = $\($0)" }.joined(separator: " OR ")
        try expect(sql, "SELECT 'é' WHERE $1 AND (\(expected)) OR 'ü'", ["1"] + (1...11).map { String($0) })
        // And down again, as the later part of something shorter.
        let again: SQL = "\(two) \(sql)"
        #expect(try again.render().text.hasSuffix("c = $13) OR 'ü'"))
    }

    @Test func nothingRunsIntoAPlaceholder() throws {
        try expect("LIMIT\(one)", "LIMIT $1", ["1"])
        try expect("LIMIT \(one)0", "LIMIT $1 0", ["1"])
        try expect("\(one)AND \(two)\(three)", "$1 AND $2 $3", ["1", "2", "3"])
        let fragment: SQL = "\(two)"
        try expect("LIMIT\(fragment)0", "LIMIT $1 0", ["2"])
        try expect("\(one)\(fragment)\(SQL("9"))\(unsafeSQL: "x")", "$1 $2 9x", ["1", "2"])
        try expect("\(one)::int", "$1::int", ["1"])
        try expect("(\(one),\(two))", "($1,$2)", ["1", "2"])
        try expect("\(identifier: "a")\(identifier: "b")", "\"a\" \"b\"")
    }

    @Test func identifiers() throws {
        let name = "na\"me;'\n"
        try expect("SELECT \(identifier: name)", "SELECT \"na\"\"me;'\n\"")
        try expect("SELECT * FROM \(identifier: Identifier("audit", "log"))", "SELECT * FROM \"audit\".\"log\"")
    }

    @Test func badIdentifiersAreReportedWhenRendered() {
        let empty: SQL = "SELECT \(identifier: "")"
        let nested: SQL = "\(one) \("SELECT \(identifier: "a\0b")" as SQL)"
        #expect(throws: PostgresError.self) { try empty.render() }
        let error = #expect(throws: PostgresError.self) { try nested.render() }
        #expect(error?.code == .encodingFailed)
        #expect(throws: PostgresError.self) { try [nested].joined().render() }
    }

    @Test func lists() throws {
        let ids: [Int64] = [1, 2]
        let sql: SQL = "id IN \(list: ids) AND \(one) OR id IN \(list: [3, 4]) OR id IN \(list: [Int]())"
        let rendered = try sql.render()
        #expect(
            rendered.text
                == "id IN (SELECT unnest($1)) AND $2 OR id IN (SELECT unnest($3)) OR id IN (SELECT unnest($4))")
        #expect(rendered.parameters.count == 4)
        #expect(rendered.parameters.first as? [Int64] == ids)
        #expect(rendered.parameters.dropFirst(2).first as? [Int] == [3, 4])
        #expect(rendered.parameters.last as? [Int] == [])
    }

    @Test func listsOfUndeclaredType() throws {
        let names = ["Ann", "Bob"]
        #expect(names.postgresType == .unspecified)
        let rendered = try SQL("name IN \(list: names)").render()
        #expect(rendered.text == "name IN (SELECT unnest($1::text[]))")
        #expect(rendered.parameters.first as? [String] == names)
    }

    @Test func unsafeText() throws {
        let text = "SELECT 1; "
        try expect(SQL(unsafeSQL: text), "SELECT 1; ")
        try expect("\(unsafeSQL: text)SELECT \(one)", "SELECT 1; SELECT $1", ["1"])
    }

    @Test func joining() throws {
        let pieces: [SQL] = ["a = \(one)", "b", "c = \(two)"]
        try expect(pieces.joined(separator: " AND "), "a = $1 AND b AND c = $2", ["1", "2"])
        try expect(pieces.joined(separator: " + \(three) + "), "a = $1 + $2 + b + $3 + c = $4", ["1", "3", "3", "2"])
        try expect([SQL]().joined(separator: ", "), "")
    }

    @Test func tooManyParameters() throws {
        let most = (0..<65_535).map { "\(SampleParameter($0))" as SQL }.joined(separator: ",")
        let rendered = try most.render()
        #expect(rendered.parameters.count == 65_535)
        #expect(rendered.text.hasSuffix(",$65535"))
        let error = #expect(throws: PostgresError.self) { try SQL("\(most),\(one)").render() }
        #expect(error?.code == .invalidArgument)
        #expect(error?.message.contains("65536") == true)
    }

    @Test func nulBytes() {
        for sql in ["SELECT '\0'", "SELECT '\0\(one)'", SQL(unsafeSQL: "\0")] as [SQL] {
            let error = #expect(throws: PostgresError.self) { try sql.render() }
            #expect(error?.code == .encodingFailed)
        }
    }

    @Test(
        arguments: [
            "SELECT $1, \(SampleParameter(1))",
            "SELECT \(SampleParameter(1)), $1",
            "SELECT \(SampleParameter(1)) + $2 + 'a'",
            "SELECT \(SampleParameter(1)) /* $5 /* */ */ + $7",
            "SELECT \(SampleParameter(1)), 'it''s', E'it\\'s', $$ $3 $$, $a$ $4 $a$, \"$6\" -- $8\n, $7",
        ] as [SQL])
    func handWrittenPlaceholdersAreNotMixed(_ sql: SQL) {
        let error = #expect(throws: PostgresError.self) { try sql.render() }
        #expect(error?.code == .invalidArgument)
        #expect(error?.message.contains("hand-written $") == true)
    }

    @Test(
        arguments: [
            "SELECT \(SampleParameter(1)), '$1', 'it''s $2', E'\\'$2', $$ $3 $$, $a$ $4 $$ $a$, \"$6\" -- $8\n",
            "SELECT \(SampleParameter(1)), a$1, a.b$2 /* $5 /* $6 */ $7 */",
            "SELECT \(SampleParameter(1)) || '$1 open",
            "SELECT \(SampleParameter(1)) || $x$ $1 open",
            "SELECT \(SampleParameter(1)) || E'$1 \\",
            "SELECT \(SampleParameter(1)) /* $1",
            "SELECT \(SampleParameter(1)) $",
            "SELECT \(SampleParameter(1)) $x $ y",
            // A literal that goes on after a line end goes on as what it began as.
            "SELECT \(SampleParameter(1)), E'a'\n  'b\\' $1'",
            "SELECT \(SampleParameter(1)), U&'\\' || '$1'",
        ] as [SQL])
    func dollarsThatAreNoPlaceholders(_ sql: SQL) throws {
        #expect(try sql.render().parameters.count == 1)
    }

    @Test func handWrittenPlaceholdersAlone() throws {
        try expect("PREPARE x AS SELECT $1", "PREPARE x AS SELECT $1")
    }

    @Test func descriptionHidesValues() {
        let sql: SQL = "SELECT \(SampleParameter(4711))"
        #expect("\(sql)" == "SELECT $1")
        #expect(String(reflecting: sql) == "SELECT $1")
    }
}
