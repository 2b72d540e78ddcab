import PostgresWire
import Testing

@Suite(.ownThread) struct SQLScriptTests {
    private func texts(_ script: String) throws -> [String] {
        try SQLScript(script).statements.map(\.text)
    }

    private func failure(_ script: String) -> SQLSyntaxError? {
        do {
            _ = try SQLScript(script)
            return nil
        } catch {
            return error
        }
    }

    // MARK: - Statements

    @Test(arguments: [
        ("SELECT 1; SELECT 2", ["SELECT 1", "SELECT 2"]),
        (";; ;", []),
        ("", []),
        ("-- nothing\n/* at all */", []),
        ("  /* a */ SELECT /* b */ 1 /* c */ ; -- d", ["SELECT /* b */ 1"]),
        (
            #"SELECT 'a;b', E'it\'s;', "c;d", $$;$$, U&'\0061;' ; x"#,
            [#"SELECT 'a;b', E'it\'s;', "c;d", $$;$$, U&'\0061;'"#, "x"]
        ),
        ("DO $body$ BEGIN; END; $body$; SELECT 1", ["DO $body$ BEGIN; END; $body$", "SELECT 1"]),
        ("SELECT (1; SELECT 2);", ["SELECT (1", "SELECT 2)"]),
        (
            "CREATE RULE r AS ON INSERT TO t DO ALSO (INSERT INTO a VALUES (1); DELETE FROM b); x",
            ["CREATE RULE r AS ON INSERT TO t DO ALSO (INSERT INTO a VALUES (1); DELETE FROM b)", "x"]
        ),
        ("\u{FEFF}SELECT 1;\r\nSELECT 2;\r\n", ["SELECT 1", "SELECT 2"]),
        ("SELECT 1 --c;\r+ 2;\rSELECT 3", ["SELECT 1 --c;\r+ 2", "SELECT 3"]),
        ("BEGIN; SELECT 1; END;", ["BEGIN", "SELECT 1", "END"]),
    ]) func splits(_ script: String, _ expected: [String]) throws {
        #expect(try texts(script) == expected)
    }

    @Test(arguments: [
        """
        create or replace /* c */ function f(a int) returns int language sql
        begin atomic
          select case when a > 1 then case a when 2 then 1 end else 2 end;
          select a as end, t.case from t; -- @UNDO
          insert into u values ('END;');
          -- @UNDO
          return (select case when true then 1 end);
        end
        """,
        "CREATE PROCEDURE p() BEGIN ATOMIC END",
        "CREATE FUNCTION begin(atomic int) RETURNS int RETURN 1",
        "CREATE FUNCTION f() RETURNS int LANGUAGE plpgsql AS $$ BEGIN ATOMIC; -- @UNDO\n$$",
    ]) func bodyBelongsToItsStatement(_ definition: String) throws {
        let script = try SQLScript(definition + ";\nSELECT 2;\n-- @UNDO\n")
        #expect(script.statements.map(\.text) == [definition, "SELECT 2"])
        #expect(script.directives.count == 1)
        #expect(script.statements.allSatisfy { $0.transactionControl == nil })
    }

    @Test func beginAtomicOutsideOfARoutineIsNoBody() throws {
        #expect(try texts("CREATE TABLE begin (a int); BEGIN ATOMIC; SELECT 1").count == 3)
    }

    @Test func statementsKnowTheirPlace() throws {
        let script = try SQLScript("\u{FEFF}SELECT 1;\r\n /* é */ SELECT 2;\rSELECT 3;\n\nSELECT 'é'; SELECT 5")
        #expect(script.statements.map(\.location.description) == ["1:1", "2:10", "3:1", "5:1", "5:13"])
    }

    @Test func partCountsFromTheWholeText() throws {
        let bytes = Array("a;\nb;\n-- @UNDO\nc;".utf8)
        let whole = try SQLScript(bytes)
        let marker = try #require(whole.directives.first)
        let forward = try SQLScript(bytes, range: 0..<marker.range.lowerBound)
        let undo = try SQLScript(bytes, range: marker.range.upperBound..<bytes.count)
        #expect(forward.statements.map(\.text) == ["a", "b"])
        #expect(undo.statements.map(\.text) == ["c"])
        #expect(undo.statements.first?.location == SQLLocation(line: 4, column: 1))
    }

    // MARK: - COPY

    @Test func rowsBelongToTheirCopy() throws {
        let script = try SQLScript(
            "SELECT 1;\nCOPY t FROM STDIN;\n1;\t'\n-- @UNDO\n\\.\nSELECT 2;\ncopy u from stdin; \n\\.\n-- @UNDO")
        #expect(script.statements.map(\.text) == ["SELECT 1", "COPY t FROM STDIN", "SELECT 2", "copy u from stdin"])
        let rows = script.statements.map { $0.copyDataBytes.map { String(decoding: $0, as: UTF8.self) } }
        #expect(rows == [nil, "1;\t'\n-- @UNDO\n", nil, ""])
        #expect(script.statements.map(\.copiesFromStdin) == [false, true, false, true])
        #expect(script.directives.map(\.line) == [9])
    }

    @Test func rowsKeepTheirLineEnds() throws {
        let script = try SQLScript("COPY t FROM STDIN;\r\n1\r\n\r\n\\.\r\n")
        #expect(script.statements.first?.copyDataBytes.map(Array.init) == Array("1\r\n\r\n".utf8))
    }

    @Test func rowsNeedNotBeExpected() throws {
        let script = try SQLScript(Array("COPY t FROM STDIN".utf8), readsCopyData: false)
        #expect(script.statements.map(\.copiesFromStdin) == [true])
        #expect(script.statements.first?.copyData == nil)
    }

    // MARK: - Directives

    @Test(arguments: [
        ("-- @UNDO", "UNDO", ""), ("--@undo", "UNDO", ""), ("--  @Undo \t", "UNDO", ""), ("--\t@UNDO\r", "UNDO", ""),
        ("-- @NO-TRANSACTION", "NO-TRANSACTION", ""), ("-- @timeout 5s ", "TIMEOUT", "5s"),
        ("-- @VARS  ON off", "VARS", "ON off"),
    ]) func directiveIsRead(_ comment: String, _ name: String, _ argument: String) throws {
        let directive = try #require(SQLDirective.directive(in: comment.utf8))
        #expect(directive.name == name)
        #expect(directive.argument == argument)
    }

    @Test(arguments: [
        "-- UNDO", "--", "-- @", "-- @ UNDO", "-- @1", "-- a@b.c", "-- @undo:", "- @UNDO", "@UNDO", "--- @UNDO",
        "-- @ündo",
    ])
    func otherCommentIsNoDirective(_ comment: String) {
        #expect(SQLDirective.directive(in: comment.utf8) == nil)
    }

    @Test(arguments: ["\n", "\r\n", "\r"]) func directivesAreFoundWithEveryLineEnd(_ end: String) throws {
        let script = try SQLScript(["SELECT 1;", "\t--@undo  ", "SELECT 2;", "-- @TIMEOUT 5s"].joined(separator: end))
        #expect(script.directives.map(\.name) == ["UNDO", "TIMEOUT"])
        #expect(script.directives.map(\.line) == [2, 4])
        #expect(script.directives.last?.argument == "5s")
        #expect(script.statements.map(\.text) == ["SELECT 1", "SELECT 2"])
    }

    @Test(arguments: [
        "SELECT '\n-- @UNDO\n'", "SELECT E'\\'\n-- @UNDO\n'", "SELECT \"\n-- @UNDO\n\"", "SELECT $x$\n-- @UNDO\n$x$",
        "/*\n-- @UNDO\n*/", "/* /* */\n-- @UNDO\n*/", "SELECT 1; -- @UNDO", "/* c */ -- @UNDO", "/*\n*/ -- @UNDO",
        "COPY t FROM STDIN;\n-- @UNDO\n\\.", "-- -- @UNDO", "CREATE PROCEDURE p() BEGIN ATOMIC\n-- @UNDO\nEND",
        "CREATE RULE r AS ON INSERT TO t DO (a;\n-- @UNDO\nb)", "\\echo\\ -- @UNDO", "SELECT U&'\n-- @UNDO\n'",
    ]) func hiddenDirectiveIsNone(_ script: String) throws {
        #expect(try SQLScript(script).directives.isEmpty)
    }

    @Test func directiveNeedsNoSemicolonBeforeIt() throws {
        let script = try SQLScript("\u{FEFF}-- @A\nCREATE TABLE t ()\n-- @UNDO\nDROP TABLE t")
        #expect(script.directives.map(\.isInsideStatement) == [false, true])
        #expect(script.directives.map(\.description) == ["-- @A", "-- @UNDO"])
    }

    // MARK: - psql

    @Test func metaCommandsAreApart() throws {
        let script = try SQLScript("\\restrict k'\nSELECT 1;\n  \\connect \"a b\" \r\nSELECT 2;\n\\q")
        #expect(script.statements.map(\.text) == ["SELECT 1", "SELECT 2"])
        #expect(script.metaCommands.map(\.name) == ["\\restrict", "\\connect", "\\q"])
        #expect(script.metaCommands.map(\.argument) == ["k'", "\"a b\"", ""])
        #expect(script.metaCommands.map(\.line) == [1, 3, 5])
    }

    // MARK: - Errors

    @Test(arguments: [
        ("SELECT 1;\n  'abc;", SQLSyntaxError.Kind.unterminatedString, 2, 3),
        ("SELECT E'\\'", .unterminatedString, 1, 8),
        ("SELECT \"a", .unterminatedIdentifier, 1, 8),
        ("é $x$ $y$", .unterminatedDollarQuote, 1, 3),
        ("a\r\n/* /* */", .unterminatedComment, 2, 1),
        ("x; CREATE FUNCTION f() BEGIN ATOMIC SELECT 1; CASE END;", .unterminatedBody, 1, 4),
        ("a;\n\nCOPY t FROM STDIN;\n1\n2\n", .unterminatedCopyData, 3, 1),
        ("a; COPY t FROM STDIN;", .missingCopyData, 1, 4),
        ("COPY t FROM STDIN", .missingCopyData, 1, 1),
        ("COPY t FROM STDIN; SELECT 1;\n1\n\\.\n", .missingCopyData, 1, 1),
        ("COPY t FROM STDIN;;\n1\n\\.\n", .missingCopyData, 1, 1),
        ("a\0", .embeddedNUL, 1, 2),
    ]) func whatDoesNotEndIsAnError(_ script: String, _ kind: SQLSyntaxError.Kind, _ line: Int, _ column: Int) {
        let error = failure(script)
        #expect(error?.kind == kind)
        #expect(error?.line == line)
        #expect(error?.column == column)
        #expect(error?.description.hasPrefix("line \(line), column \(column): ") == true)
    }

    @Test func invalidUTF8IsAnErrorInAStatementOnly() throws {
        #expect(throws: SQLSyntaxError(.invalidUTF8, at: SQLLocation(line: 2, column: 3))) {
            try SQLScript(Array("a;\nb ".utf8) + [0xFF])
        }
        #expect(try SQLScript(Array("a; -- ".utf8) + [0xFF, 0x00]).statements.count == 1)
    }
}
