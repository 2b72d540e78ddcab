import PostgresWire
import Testing

@Suite struct CopyStatementTests {
    @Test func namesAreQuotedAndOptionsAreLiterals() throws {
        #expect(
            try CopyStatement.input(into: Identifier("a.b", "c\"d"), columns: ["id", "o'x"], format: .binary)
                == #"COPY "a.b"."c""d" ("id", "o'x") FROM STDIN WITH (FORMAT binary)"#)
        #expect(try CopyStatement.input(into: "t", columns: nil, format: .text) == #"COPY "t" FROM STDIN"#)
        #expect(
            try CopyStatement.input(
                into: "t", columns: nil,
                format: .csv(
                    header: .matching, delimiter: "|", null: "\\N'", escape: "\\", forceNull: ["a\"b"],
                    forceNotNull: .all,
                    default: "d'"), freezes: true, onError: .ignoreUpTo(3))
                == #"COPY "t" FROM STDIN WITH (FORMAT csv, DELIMITER '|', NULL E'\\N''', HEADER match, ESCAPE E'\\', "#
                + #"DEFAULT 'd''', FORCE_NULL ("a""b"), FORCE_NOT_NULL *, FREEZE, ON_ERROR ignore, REJECT_LIMIT 3)"#)
        #expect(
            try CopyStatement.output(of: "t", columns: ["a"], format: .csv(header: true, forceQuote: .all))
                == #"COPY "t" ("a") TO STDOUT WITH (FORMAT csv, HEADER, FORCE_QUOTE *)"#)
        #expect(
            try CopyStatement.output(of: "SELECT 1 -- one", format: .text)
                == "COPY (SELECT 1 -- one\n) TO STDOUT")
    }

    @Test func valuesAreRefused() {
        #expect {
            try CopyStatement.output(of: "SELECT \(1)", format: .text)
        } throws: { error in
            guard let error = error as? PostgresError else { return false }
            return error.code == .invalidArgument && error.message.contains("COPY takes no parameters")
        }
    }

    @Test func whatCannotBeAStatementIsRefused() {
        #expect(throws: PostgresError.self) { try CopyStatement.input(into: "", columns: nil, format: .text) }
        #expect(throws: PostgresError.self) { try CopyStatement.input(into: "t", columns: [], format: .text) }
        #expect(throws: PostgresError.self) { try CopyStatement.input(into: "t", columns: ["a\u{0}"], format: .text) }
        #expect(throws: PostgresError.self) {
            try CopyStatement.output(of: "t", columns: nil, format: .csv(header: .matching))
        }
    }
}
