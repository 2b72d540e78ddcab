import PostgresWire
import Testing

@Suite(.ownThread) struct PostgresErrorDescriptionTests {
    @Test func everythingTheServerSaidIsInIt() {
        var server = ServerError(
            severity: "ERROR", sqlState: SQLState(rawValue: "23505"),
            message: "duplicate key value violates unique constraint \"users_pkey\"")
        server.detail = "Key (id)=(1) already exists."
        server.hint = "Try another."
        server.schema = "public"
        server.table = "users"
        server.constraint = "users_pkey"
        server.context = "line one\nline two"
        let error = PostgresError(server).with(host: "db.example.com:5432").with(
            statement: "INSERT INTO users\nVALUES ($1)")
        #expect(
            error.description == """
                server error 23505: duplicate key value violates unique constraint "users_pkey"
                  DETAIL: Key (id)=(1) already exists.
                  HINT: Try another.
                  concerns: constraint users_pkey, table public.users
                  CONTEXT: line one
                    line two
                  in the statement:
                    INSERT INTO users
                    VALUES ($1)
                  with db.example.com:5432
                """)
    }

    @Test func caretStandsUnderThePosition() {
        var server = ServerError(
            severity: "ERROR", sqlState: SQLState(rawValue: "42703"), message: "no column \"nope\"")
        server.position = 12
        server.internalQuery = "SELECT bad"
        server.internalPosition = 8
        #expect(
            PostgresError(server).with(statement: "SELECT a,\n nope FROM t").description == """
                server error 42703: no column "nope"
                  in a query that the server made, at line 1, column 8:
                    SELECT bad
                           ^
                  at line 2, column 2:
                     nope FROM t
                     ^
                """)
    }

    @Test(arguments: [0, -1, Int.min, Int.max]) func positionThatIsNoneShowsTheStatement(_ position: Int) {
        var server = ServerError(severity: "FATAL", message: "m")
        server.position = position
        #expect(
            PostgresError(server).with(statement: "SELECT 1").description
                == "server error (FATAL): m\n  in the statement:\n    SELECT 1")
    }

    @Test func serverCannotDriveTheTerminal() {
        let evil = "\u{1B}]0;x\u{7}\u{9B}2J\u{202E}\u{0}\u{7F}\r\u{8}"
        var server = ServerError(severity: evil, sqlState: SQLState(rawValue: evil), message: evil)
        server.detail = evil
        server.hint = evil
        server.context = evil
        server.schema = evil
        server.table = evil
        server.column = evil
        server.dataType = evil
        server.constraint = evil
        server.internalQuery = evil
        let error = PostgresError(server).with(statement: evil).with(host: evil)
        let controls = error.description.unicodeScalars.filter {
            $0 != "\n" && ($0.value < 0x20 || (0x7F...0x9F).contains($0.value) || $0.value == 0x202E)
        }
        #expect(controls.isEmpty)
        #expect(error.description.contains("\\u{1B}]0;x\\u{7}"))
    }

    @Test func serverCannotFakeFields() {
        let server = ServerError(severity: "ERROR", message: "a\n  HINT: run this")
        #expect(PostgresError(server).description == "server error: a\n      HINT: run this")
    }

    @Test func longTextIsCut() {
        let server = ServerError(severity: "ERROR", message: String(repeating: "x", count: 1_000_000))
        let description = PostgresError(server).with(statement: String(repeating: "y\n", count: 100_000)).description
        #expect(description.utf8.count < 6000)
        #expect(description.contains("(996000 more characters)"))
    }

    @Test func errorsOfOurOwnAreShort() {
        #expect(PostgresError(.timedOut, "after 5 s").description == "timed out: after 5 s")
        let server = ServerError(severity: "FATAL", sqlState: SQLState(rawValue: "57P01"), message: "going down")
        let error = PostgresError(server).with(code: .outcomeUnknown).with(message: "lost during COMMIT")
        #expect(
            error.description == "outcome unknown 57P01 (FATAL): lost during COMMIT\n  the server said: going down")
        #expect("\(error)" == error.description)
    }
}
