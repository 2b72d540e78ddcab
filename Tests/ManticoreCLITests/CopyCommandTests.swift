import ManticoreTesting
import Testing

@Suite struct CopyCommandTests {
    @Test func rowsOfAScriptAndOfAFile() async throws {
        try await EphemeralPostgres.withServer { server in
            let scratch = try Scratch()
            defer { scratch.remove() }
            func run(_ arguments: String...) async throws -> CommandRun {
                try await CommandRun.run(["sql", "--url", server.socketURL] + arguments)
            }
            try scratch.write(
                "rows.sql",
                """
                CREATE TABLE copied (id int, name text);
                COPY copied FROM STDIN;
                1\ta;b
                2\t\\N
                \\.
                COPY (SELECT * FROM copied ORDER BY id) TO STDOUT WITH (FORMAT csv, HEADER);

                """)
            let script = try await run("--csv", scratch.path + "/rows.sql")
            #expect(script.status == 0, "\(script.error)")
            #expect(script.output == "CREATE TABLE\nCOPY 2\nid,name\n1,a;b\n2,\n")
            try scratch.write("bad.sql", "COPY copied FROM STDIN;\nx\ty\n\\.\nSELECT 1;\n")
            let bad = try await run(scratch.path + "/bad.sql")
            #expect(bad.status == 1)
            #expect(bad.error.contains("22P02"), "\(bad.error)")
            #expect(bad.output.isEmpty, "the first error ends the run")
            let parameter = try await run("-c", "COPY copied TO STDOUT", "--param", "1")
            #expect(parameter.status == 2)
        }
    }
}
