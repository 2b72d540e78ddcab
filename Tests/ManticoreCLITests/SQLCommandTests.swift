import Foundation
import ManticoreTesting
import Testing

@Suite struct SQLCommandTests {
    /// The settings under which values look different.
    private static let settings: [[String]] = [
        ["TimeZone = 'UTC'"], ["TimeZone = 'America/St_Johns'", "IntervalStyle = 'iso_8601'"],
        ["DateStyle = 'German, DMY'", "bytea_output = 'escape'", "extra_float_digits = 0"],
        [
            "DateStyle = 'ISO, DMY'", "IntervalStyle = 'sql_standard'", "extra_float_digits = 3",
            "TimeZone = 'Asia/Kathmandu'",
        ],
    ]

    /// CSV is psql's, byte for byte, for every type, array and row, on every version, under every setting.
    @Test(arguments: EphemeralPostgres.installations())
    func csvIsThatOfPsql(_ installation: EphemeralPostgres.Installation) async throws {
        let options = EphemeralPostgres.Options(binaries: installation.directory)
        try await EphemeralPostgres.withServer(options) { server in
            let psqlProgram = try #require(ProgramRun.psql)
            let scratch = try Scratch()
            defer { scratch.remove() }
            let file = scratch.path + "/types.sql"
            for settings in Self.settings {
                try scratch.write("types.sql", SQLTypeSamples.script(settings: settings))
                let ours = try await CommandRun.run(["sql", "--csv", "--url", server.socketURL, file])
                let psql = try await ProgramRun.run(
                    psqlProgram, ["-X", "-q", "--csv", "-v", "ON_ERROR_STOP=1", "-d", server.socketURL, "-f", file])
                #expect(psql.status == 0, "\(psql.output.suffix(300))")
                #expect(ours.status == 0, "\(ours.error)")
                // With -q psql does not print the tags of SET.
                let lines = ours.output.split(separator: "\n", omittingEmptySubsequences: false).drop { $0 == "SET" }
                let expected = psql.output.split(separator: "\n", omittingEmptySubsequences: false)
                #expect(lines.count == expected.count)
                let different = zip(lines, expected).first { $0 != $1 }
                #expect(different == nil, "\(installation) under \(settings)")
            }
        }
    }

    @Test func whatItPrints() async throws {
        try await EphemeralPostgres.withServer { server in
            func run(_ arguments: String...) async throws -> CommandRun {
                try await CommandRun.run(["sql", "--url", server.socketURL] + arguments)
            }
            let table = try await run("-c", "SELECT 1 AS n, NULL AS \"日本\", E'a\\nb' AS t UNION ALL SELECT 20, 'é', ''")
            #expect(
                table.output == """
                     n  日本  t
                    --  ----  ----
                     1  NULL  a\\nb
                    20  é
                    (2 rows)

                    """)
            #expect(table.error.isEmpty && table.status == 0)
            let turned = try await run("-x", "-c", "SELECT 1 AS n, 'x' AS long_name")
            #expect(turned.output == "- row 1 -\nn          1\nlong_name  x\n(1 row)\n")

            let json = try await run(
                "--json", "-c",
                """
                SELECT 1 AS a, 2 AS a, 'q"' AS b, NULL AS c, 1.50 AS n, 'NaN'::float8 AS f, '{{1,2},{3,NULL}}'::int[] AS l, \
                '{"k": [1]}'::jsonb AS j, true AS y, '2000-01-01'::date AS d, 0.1::float4 AS s
                """)
            let text =
                #"{"a": 1, "a (2)": 2, "b": "q\"", "c": null, "n": 1.50, "f": "NaN", "l": [[1, 2], [3, null]], "#
                + #""j": {"k": [1]}, "y": true, "d": "2000-01-01", "s": 0.1}"#
            #expect(json.output == "[\n \(text)\n]\n")
            #expect(try await run("--json", "-c", "SELECT 1 AS a WHERE false").output == "[]\n")
            #expect(try await run("--json", "-c", "CREATE TABLE j ()").output == #"{"tag": "CREATE TABLE"}"# + "\n")

            let parameters = try await run(
                "--csv", "-c", "SELECT $1::int + 1, $2::text", "--param", "41", "--param", "\\N")
            #expect(parameters.output == "?column?,text\n42,\n")

            // Settings that the server does not report, too, hold at once within a transaction.
            let settings = try await run(
                "--csv", "-c",
                """
                SET bytea_output = 'escape'; SET extra_float_digits = 0; SET TimeZone = 'Asia/Kathmandu';
                SELECT '\\x6100'::bytea AS b, 0.1::float8 + 0.2::float8 AS f, '2000-01-01 00:00Z'::timestamptz AS t
                """)
            #expect(
                settings.output.hasSuffix("b,f,t\na\\000,0.3,2000-01-01 05:45:00+05:45\n"),
                "\(settings.output)\(settings.error)")
        }
    }

    /// The statements of one `-c` are one transaction, those of a file are not.
    @Test func transactions() async throws {
        try await EphemeralPostgres.withServer { server in
            let scratch = try Scratch()
            defer { scratch.remove() }
            func run(_ arguments: String...) async throws -> CommandRun {
                try await CommandRun.run(["sql", "--url", server.socketURL, "--csv"] + arguments)
            }
            let script = "CREATE TABLE %(a int);\nINSERT INTO % VALUES (1) RETURNING a;\nSELECT 1/0;\n"
            func count(_ table: String) async throws -> String {
                try await run("-c", "SELECT count(*) AS c FROM pg_class WHERE relname = '\(table)'").output
            }
            let one = try await run("-c", script.replacing("%", with: "one"))
            #expect(one.status == 1 && one.error.contains("division by zero"))
            #expect(one.output == "CREATE TABLE\na\n1\nINSERT 0 1\n")
            #expect(try await count("one") == "c\n0\n")
            let file = scratch.path + "/script.sql"
            try scratch.write("script.sql", script.replacing("%", with: "two"))
            let two = try await run(file)
            #expect(two.status == 1 && two.error.contains("script.sql:3:1:"), "\(two.error)")
            #expect(try await count("two") == "c\n1\n")
            try scratch.write("script.sql", script.replacing("%", with: "three"))
            #expect(try await run("-1", file).status == 1)
            #expect(try await count("three") == "c\n0\n")
        }
    }

    @Test func complaints() async throws {
        try await EphemeralPostgres.withServer { server in
            func run(_ arguments: String...) async throws -> CommandRun {
                try await CommandRun.run(["sql", "--url", server.socketURL] + arguments)
            }
            let syntax = try await run("-c", "SELECT\n  FROM FROM t")
            #expect(syntax.status == 1 && syntax.error.contains("line 2") && syntax.error.contains("^"))
            #expect(try await run("-c", "\\d").error.contains("psql"))
            #expect(try await run("-c", "SELECT 'open").status == 2)
            #expect(try await run("-c", "SELECT $1; SELECT 2", "--param", "1").error.contains("there are 2"))
            #expect(try await run("-c", "SELECT 1", "--param", "1").error.contains("does not mention $1"))
            #expect(try await run("/nonexistent/file.sql").error.contains("cannot be read"))
            #expect(try await run("--csv", "--json", "-c", "SELECT 1").status == 2)
            let notice = try await run("-c", "DO $$ BEGIN RAISE NOTICE 'heard'; END $$")
            #expect(notice.status == 0 && notice.error.contains("NOTICE:  heard") && notice.output == "DO\n")
        }
    }
}
