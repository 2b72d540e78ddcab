import ManticoreTesting
import PostgresClient
import PostgresWire
import Testing

/// Known vulnerabilities by which text became SQL, or SQL another message, on a live connection.
@Suite("Injection: over a connection", .ownThread) struct InjectionTests {
    /// A value that says it is so many bytes long, without there being any.
    private struct Huge: PostgresArrayEncodable {
        let count: Int
        static var arrayType: PostgresOID { .byteaArray }
        var postgresType: PostgresOID { .bytea }
        var postgresFormat: PostgresFormat { .binary }
        func encode(into writer: inout WireWriter) { writer.write(bytes: repeatElement(UInt8(0), count: count)) }
    }

    @Test("CVE-2024-27304: nothing is written of a message that is too long", arguments: Face.allCases)
    func cve_2024_27304(_ face: Face) async throws {
        let (client, server) = try await HostileSession.accepted(
            [.receiveUntil(MessageType.query), .messages(HostileSession.end), .receiveToEnd], face)
        let sent = server.received().count
        for count in [1 << 31, (1 << 32) - 1, 1 << 32, (1 << 32) + 42] {
            let (small, huge) = (Huge(count: 10), Huge(count: count))
            for sql: SQL in ["SELECT \(huge)", "SELECT \(small), \(huge), \(small)", "SELECT \([small, huge])"] {
                let error = await failure { try await client.query(sql) }
                #expect(error?.code == .encodingFailed, "\(count)")
                #expect(error?.isSafeToRetry == true)
            }
        }
        let first = Huge(count: 1 << 20)
        let second = Huge(count: Int(Int32.max) - (1 << 20))
        #expect(await failure { try await client.query("SELECT \(first), \(second)") }?.code == .encodingFailed)
        #expect(client.connection.isUsable)
        _ = try await client.simpleQuery("SELECT 1")
        #expect(server.received().dropFirst(sent).first == MessageType.query, "nothing went before")
        client.connection.close()
    }

    // Guard: Sources/PostgresClient/Configuration/ConnectionConfiguration+Startup.swift: `try refuseNUL()`
    @Test("pgx b56d88ff: a NUL in a startup value is refused before connecting", arguments: Face.allCases)
    func startupNUL(_ face: Face) async throws {
        let server = try ScriptedServer(ScriptedServer.acceptingSession + [.receiveToEnd])
        let base = try HostileSession.configuration(server)
        let evil = "app\0user\0admin"
        let changes: [(inout ConnectionConfiguration) -> Void] = [
            { $0.user = evil }, { $0.database = evil }, { $0.applicationName = evil }, { $0.options = evil },
            { $0.runtimeParameters = [.init("work_mem", evil)] }, { $0.runtimeParameters = [.init(evil, "x")] },
            { $0.password = Secret(evil) }, { $0.hosts = [ServerHost(evil)] },
        ]
        for (number, change) in changes.enumerated() {
            var configuration = base
            change(&configuration)
            let error = await failure { try await Client.connect(configuration, face) }
            #expect(error?.code == .invalidConfiguration, "\(number)")
            #expect(error.map { !"\($0)".contains("admin") && !"\($0)".utf8.contains(0) } == true, "\(number)")
        }
        #expect(server.connections == 0)
    }

    // These stand in for each other, and are taken away together.
    // Guard: Sources/PostgresClient/Configuration/ConnectionString.swift: `if let zero = bytes.firstIndex(of: 0) {`
    // Guard: Sources/PostgresClient/Configuration/ConnectionURIParser.swift: `guard character != 0 else`
    // Guard: Sources/PostgresClient/Configuration/SettingResolver.swift: `guard !given.value.utf8.contains(0) else`
    // Guard: Sources/PostgresClient/Configuration/ConnectionConfiguration+Startup.swift: `try refuseNUL()`
    @Test(
        "pgx b56d88ff: a NUL in a connection string or the environment",
        arguments: [
            "postgresql://app%00user%00admin@h/db", "postgresql://app@h/db%00admin", "postgresql://app:pw%00admin@h/db",
            "postgresql://app@h/db?application_name=x%00admin", "postgresql://app@h/db?options=x%00admin",
            "postgresql://h%00admin/db", "host=h user=app\0admin", "host=h options='a\0admin'",
        ])
    func stringsNUL(_ string: String) async {
        let error = await failure {
            try ConnectionConfiguration.resolve(connectionString: string, environment: [:])
        }
        #expect(error?.code == .invalidConfiguration)
        #expect(error.map { !"\($0)".contains("admin") && !"\($0)".utf8.contains(0) } == true)
    }

    // These stand in for each other, and are taken away together.
    // Guard: Sources/PostgresWire/Framing/WireWriter.swift: `if hasNUL { fail(.embeddedNUL) }`
    // Guard: Sources/PostgresWire/SQL/SQL.swift: `guard nuls == 0 else {`
    // Guard: Sources/PostgresWire/SQL/Identifier.swift: `if byte == 0 { hasNUL = true }`
    @Test("NUL in SQL, in values and in names: nothing is sent", arguments: Face.allCases)
    func nulInStatements(_ face: Face) async throws {
        let (client, server) = try await HostileSession.accepted(
            [.receiveUntil(MessageType.query), .messages(HostileSession.end), .receiveToEnd], face)
        let sent = server.received().count
        let evil = "x\0Q\0\0\0\u{10}DROP TABLE t"
        let statements: [SQL] = [
            SQL(unsafeSQL: "SELECT 1\(evil)"), "SELECT \(evil)", "SELECT 1 AS \(identifier: evil)", "SELECT \([evil])",
            "SELECT \(identifier: Identifier(evil, "t"))",
        ]
        for sql in statements {
            let error = await failure { try await client.query(sql) }
            #expect(error?.code == .encodingFailed)
            #expect(error.map { !$0.message.contains("DROP TABLE") } == true)
            #expect(client.connection.isUsable)
        }
        #expect(await failure { try await client.simpleQuery(SQL(unsafeSQL: evil)) }?.code == .encodingFailed)
        #expect(await failure { try await client.prepare(SQL(unsafeSQL: evil)) }?.code == .encodingFailed)
        _ = try await client.simpleQuery("SELECT 1")
        #expect(server.received().dropFirst(sent).first == MessageType.query, "nothing went before")
        client.connection.close()
    }

    // No line is the guard: values never become text. Tests/Guards writes a negative number after a minus into the text, before
    // Guard: Sources/PostgresWire/SQL/SQL.swift: `append(parameter: bindings.count)`
    @Test("CVE-2024-27289, CVE-2024-1597, CVE-2024-32888: a negative number after a minus", arguments: Face.allCases)
    func cve_2024_27289(_ face: Face) async throws {
        let client = try await Client.connect(.tcp, face)
        let (number, text) = (Int32(-1), "\nX --")
        let rows = try await client.query("SELECT -\(number)::int4, \(text)::text", as: (Int32, String).self)
        #expect(rows.first?.0 == 1 && rows.first?.1 == text)
        // Where the protocol has no parameters there is no other way to give any.
        let sql: SQL = "SELECT -\(number)"
        #expect(await failure { try await client.simpleQuery(sql) }?.code == .invalidArgument)
        #expect(try await client.answers())
    }

    // Guard: Sources/PostgresWire/SQL/SQLLexer.swift: `endOfDollarQuote(delimiter: start..<tagEnd + 1)`
    @Test("CVE-2026-41889: what stands in a dollar quote stays there", arguments: Face.allCases)
    func cve_2026_41889(_ face: Face) async throws {
        let client = try await Client.connect(.tcp, face)
        let value = "$tag$; DROP TABLE t; --"
        let rows = try await client.query(
            "SELECT $tag$ $1 $tag$, $$ $tag$ $2 $$, '$1', E'\\'$1', /* /* $1 */ $2 */ \(value)::text",
            as: (String, String, String, String, String).self)
        let row = try #require(rows.first)
        #expect(row.0 == " $1 " && row.1 == " $tag$ $2 " && row.2 == "$1" && row.3 == "'$1" && row.4 == value)
    }

    static let names = [
        "a\"b", "\"", "\"\"", "\";DROP TABLE t;--", "it's", "a;b", "a\nb", "a\r\nb", "a\\\"b", "x\" AS y", "--", "/*",
        "$1",
        "$$", "select", "A", " ", "\u{301}", "e\u{301}", "\"\u{301}", "\u{202E}abc", "\u{1B}[31m", "%s", "\u{7F}",
        "größe",
    ]

    // Guard: Sources/PostgresWire/SQL/Identifier.swift: `if scalar == "\"" { quoted.unicodeScalars.append("\"") }`
    @Test("CVE-2022-31197: names are quoted as quote_ident does", arguments: Face.allCases)
    func cve_2022_31197(_ face: Face) async throws {
        let client = try await Client.connect(.tcp, face)
        for name in Self.names {
            let theirs = try await client.query("SELECT quote_ident(\(name))", as: String.self)[0]
            let ours = try Identifier(name).quoted()
            // The server leaves the quotes out where they are not needed.
            let isBare = theirs.utf8.first != UInt8(ascii: "\"")
            #expect(isBare ? theirs.utf8.elementsEqual(name.utf8) : theirs.utf8.elementsEqual(ours.utf8), "\(name)")
            let columns = try await client.query("SELECT 1 AS \(identifier: name)").columns.descriptions
            #expect(columns.count == 1 && columns[0].name.utf8.elementsEqual(name.utf8), "\(name)")
        }
        #expect(try await client.answers())
    }

    // Guard: Sources/PostgresClient/Connection/ReplyReader.swift: `if !sink.copyIn(response) { try refuseCopy(&link, &session) }`
    @Test("CVE-2026-6464: a COPY that nobody asked for is fed nothing", arguments: Face.allCases)
    func cve_2026_6464(_ face: Face) async throws {
        let formats = Backend.CopyFormats(overall: .text, columns: [.text])
        let failed = BackendMessage.errorResponse(
            .init(ServerError(severity: "ERROR", sqlState: .queryCanceled, message: "COPY failed")))
        let secret = "secret application data"
        let starts: [(BackendMessage, UInt8?)] = [
            (.copyInResponse(.init(formats)), MessageType.copyFail), (.copyOutResponse(.init(formats)), nil),
            (.copyBothResponse(.init(formats)), nil),
        ]
        for (start, reply) in starts {
            var rest: [ScriptedServer.Step] = []
            if let reply { rest = [.receiveUntil(reply), .messages([failed, .readyForQuery(.init(.idle))])] }
            let (client, server) = try await HostileSession.answering(
                [
                    .messages([.parseComplete, .parameterDescription(.init(types: [.text])), .noData]),
                    .receiveUntil(MessageType.sync), .messages([.bindComplete, start]),
                ] + (reply == nil ? [.messages(HostileSession.end)] : rest), face)
            let error = await failure { try await client.query("SELECT \(secret)") }
            #expect(error?.sqlState == .featureNotSupported || error?.code == .protocolViolation, "\(start)")
            client.connection.close()
            #expect(server.waitUntilFinished())
            // After the startup message: no CopyData, no CopyDone.
            #expect(HostileSession.types(server).allSatisfy { !"dc".utf8.contains($0) }, "\(start)")
        }
    }

    // Guard: Sources/PostgresClient/Connection/ReplyReader.swift: `guard !hasRefusedCopy else { throw .invalidValue }`
    @Test("CVE-2026-6464: a COPY that is begun again and again ends the connection", arguments: Face.allCases)
    func cve_2026_6464_again(_ face: Face) async throws {
        let copy = BackendMessage.copyInResponse(.init(.init(overall: .text, columns: [])))
        let done = BackendMessage.commandComplete(.init(tag: "COPY 0"))
        let (client, server) = try await HostileSession.accepted(
            [.receiveUntil(MessageType.query), .messages([copy, done, copy, done, copy]), .receiveToEnd], face)
        #expect(await failure { try await client.simpleQuery("SELECT 1") }?.code == .protocolViolation)
        #expect(!client.connection.isUsable)
        #expect(server.waitUntilFinished())
        #expect(HostileSession.types(server).filter { $0 == MessageType.copyFail }.count <= 1)
    }

    // No line is the guard: no statement of query and execute goes by Query, and none is cut here. Tests/Guards sends
    // several statements by Query, in place of
    // Guard: Sources/PostgresClient/Connection/ConnectionCore+Statements.swift: `Frontend.Parse(name: name, sql: sql.text`
    @Test("pgAdmin CVE-2026-17351: one statement is sent by Parse, which refuses several", arguments: Face.allCases)
    func cve_2026_17351(_ face: Face) async throws {
        let (scripted, server) = try await HostileSession.answering([.close], face)
        _ = await failure { try await scripted.query("SELECT 1; DROP TABLE t") }
        #expect(server.waitUntilFinished())
        #expect(HostileSession.types(server).first == MessageType.parse)
        let client = try await Client.connect(.tcp, face)
        try await client.simpleQuery("CREATE TEMP TABLE kept (a int4)")
        for text in ["SELECT 1; DROP TABLE kept", "SELECT $$;$$; DROP TABLE kept", "SELECT 1;; DROP TABLE kept"] {
            let error = await failure { try await client.query(SQL(unsafeSQL: text)) }
            #expect(error?.sqlState == .syntaxError)
            #expect(await failure { try await client.execute(SQL(unsafeSQL: text)) }?.sqlState == .syntaxError)
        }
        #expect(try await client.query("SELECT count(*) FROM kept", as: Int64.self) == [0])
    }
}

extension HostileSession {
    /// The types of the messages that a client sent after its startup message.
    static func types(_ server: ScriptedServer, on connection: Int = 0) -> [UInt8] {
        var bytes = server.received(on: connection)[...]
        func length() -> Int { bytes.prefix(4).reduce(0) { $0 << 8 | Int($1) } }
        bytes = bytes.dropFirst(length())
        var types: [UInt8] = []
        while let type = bytes.popFirst() {
            types.append(type)
            bytes = bytes.dropFirst(max(4, length()))
        }
        return types
    }
}
