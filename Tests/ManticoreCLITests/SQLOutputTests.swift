import Foundation
import Manticore
import ManticoreTesting
import Testing

@testable import ManticoreCLI

/// What `manticore sql` makes of results, and of errors in files.
@Suite struct SQLOutputTests {
    @Test(arguments: [
        ("{\"b\" : 1.500,\n\t\"a\":[ ] }", #"{"b": 1.500, "a": []}"#),
        (#"{"s": "x , y:  \" \\", "t":[1,2]}"#, #"{"s": "x , y:  \" \\", "t": [1, 2]}"#),
        ("  1e400\r\n", "1e400"), ("\"a\nb\"", #""a\u000ab""#), ("[[[1 ,\n2]]]", "[[[1, 2]]]"),
    ])
    func documentsAreOnOneLine(_ text: String, _ expected: String) {
        #expect(JSONDocument.line(text) == expected)
    }

    @Test(arguments: ["0", "-1", "1.50", "1e+20", "1E-07", "-0.0", "100"])
    func numbersOfJSON(_ text: String) { #expect(JSON.isNumber(text)) }

    @Test(arguments: ["", "-", "01", ".5", "1.", "1e", "NaN", "Infinity", "-Infinity", "1,2", "+1", "0x1", "1 "])
    func noNumbersOfJSON(_ text: String) { #expect(!JSON.isNumber(text)) }

    /// A value's shape in JSON is decided by its type: the settings decide how text looks, not whether it is text.
    @Test func jsonIsByType() async throws {
        try await EphemeralPostgres.withServer { server in
            let query = """
                SELECT 0.1::float4 AS a, ARRAY[0.5, NULL]::float8[] AS b, 'NaN'::float8 AS c, true AS d,
                    E'{"x" : 1.500,\\n "y":[ ]}'::json AS e, ARRAY[E'{"x":\\n1}'::json] AS f, NULL::bool AS g,
                    ARRAY[[1, 2], [3, 4]] AS h, 1.50 AS i, '{"k": [1]}'::jsonb AS j, '{t,f}'::bool[] AS k
                """
            let row =
                #"{"a": 0.1, "b": [0.5, null], "c": "NaN", "d": true, "e": {"x": 1.500, "y": []}, "f": [{"x": 1}], "#
                + #""g": null, "h": [[1, 2], [3, 4]], "i": 1.50, "j": {"k": [1]}, "k": [true, false]}"#
            for settings in ["", "SET extra_float_digits = 0;", "SET extra_float_digits = -1;"] {
                let run = try await CommandRun.run(
                    ["sql", "--json", "--url", server.socketURL, "-c", settings + query])
                #expect(run.output.hasSuffix("[\n \(row)\n]\n"), "\(settings) \(run.output)\(run.error)")
            }
            // Arrays whose elements come as text are arrays all the same.
            let texts = try await CommandRun.run([
                "sql", "--json", "--url", server.socketURL, "-c",
                """
                SET TimeZone = 'Asia/Kathmandu'; SET lc_monetary = 'C';
                SELECT '{2000-01-01 00:00Z,NULL}'::timestamptz[] AS a, '{{1},{2}}'::money[] AS b,
                    '{pg_class}'::regclass[] AS c, '1 2'::int2vector AS d
                """,
            ])
            let expected =
                #"{"a": ["2000-01-01 05:45:00+05:45", null], "b": [["$1.00"], ["$2.00"]], "c": ["pg_class"], "d": "1 2"}"#
            #expect(texts.output.hasSuffix("[\n \(expected)\n]\n"), "\(texts.output)\(texts.error)")
        }
    }

    /// A place in a file is one in the file, not in the statement, and nothing is said twice.
    @Test func placesAreThoseOfTheFile() async throws {
        try await EphemeralPostgres.withServer { server in
            let scratch = try Scratch()
            defer { scratch.remove() }
            func complaint(_ text: String, _ arguments: [String] = ["file.sql"]) async throws -> String {
                try scratch.write("file.sql", text)
                return try await CommandRun.run(["sql", "--url", server.socketURL] + arguments, in: scratch.path).error
            }
            let named = try await complaint("SELECT 1;\n\n-- é\nSELECT 'é',\n   nope FROM pg_class;\n")
            #expect(
                named.hasPrefix(
                    """
                    server error 42703: column "nope" does not exist
                      at file.sql:5:4:
                           nope FROM pg_class
                           ^

                    """), "\(named)")
            #expect(named.components(separatedBy: "does not exist").count == 2, "\(named)")
            let sameLine = try await complaint("SELECT 1; SELECT nope")
            #expect(sameLine.contains("at file.sql:1:18:\n    SELECT nope\n           ^\n"), "\(sameLine)")
            let whole = try await complaint("SELECT 1;\n  SELECT 1/0;\n")
            #expect(whole.contains("in the statement at file.sql:2:3:\n    SELECT 1/0\n"), "\(whole)")
            let open = try await complaint("SELECT 1;\n  SELECT 'open")
            #expect(open.contains("file.sql:2:10: this string does not end"), "\(open)")
            let argument = try await complaint("", ["-c", "SELECT 1;\nSELECT\n  nope"])
            #expect(argument.contains("at line 3, column 3:\n"), "\(argument)")
        }
    }

    /// A table of any length is printed as it comes; what is longer than in the first rows is not cut.
    @Test func longTablesArePrintedAsTheyCome() async throws {
        try await EphemeralPostgres.withServer { server in
            let connection = try await Connection.connect(to: ConnectionConfiguration(url: server.socketURL))
            defer { connection.close() }
            let columns = try await connection.query("SELECT 1 AS n, 'x' AS t").columns
            for (isExpanded, width) in [(false, nil), (true, nil), (false, 5)] as [(Bool, Int?)] {
                var printed = ""
                let terminal = Terminal(isTerminal: width != nil, hasColours: false, width: width)
                var writer = TableWriter(terminal, isExpanded: isExpanded) { printed += $0 }
                writer.begin(columns)
                var longestWait = 0
                for number in 1...20_000 {
                    writer.add([String(number), "line \(number)"])
                    longestWait = max(longestWait, number * 12 - printed.utf8.count)
                }
                #expect(longestWait < 100_000)
                writer.end(hasRows: true, nil)
                #expect(printed.hasSuffix("(20000 rows)\n"))
                if isExpanded || width != nil {
                    #expect(printed.hasPrefix("- row 1 -\nn  1\nt  line 1\n- row 2 -\n"))
                    #expect(printed.contains("- row 20000 -\nn  20000\nt  line 20000\n"))
                } else {
                    #expect(printed.hasPrefix("   n  t\n----  ---------\n   1  line 1\n"))
                    #expect(printed.contains("\n1000  line 1000\n1001  line 1001\n"))
                    #expect(printed.contains("\n20000  line 20000\n"))
                    #expect(printed.components(separatedBy: "----").count == 4)
                }
                // Widths are those of each result.
                printed = ""
                writer.begin(columns)
                writer.add(["1", nil])
                writer.end(hasRows: true, nil)
                if !isExpanded, width == nil { #expect(printed == "n  t\n-  ----\n1  NULL\n(1 row)\n") }
            }
        }
    }
}
