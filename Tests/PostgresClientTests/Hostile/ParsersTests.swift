import ManticoreTesting
import PostgresClient
import PostgresWire
import Testing

/// Known vulnerabilities of PostgreSQL clients in reading what a server sends, on a live connection.
@Suite("Parsers: a connection to a hostile server", .ownThread) struct ParsersTests {
    static let absurdLengths: [UInt32] = [0, 1, 2, 3, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFF]

    /// Every type with one of the lengths, and those that may come with all of them.
    private static func headers(legal: String) -> [[UInt8]] {
        (UInt8.min ... .max).flatMap { type in
            let all = legal.utf8.contains(type)
            return absurdLengths.indices.filter { all || $0 == Int(type) % absurdLengths.count }
                .map { HostileSession.header(type, absurdLengths[$0]) }
        }
    }

    // Guard: Sources/PostgresClient/Connecting/StartupOperation.swift: `guard length < least ||`
    @Test("CVE-2026-56871: absurd frame lengths before authentication")
    func cve_2026_56871_startup() async throws {
        let headers = Self.headers(legal: "REvN")
        let server = try ScriptedServer(
            connections: headers.map { [.receiveStartup, .send(bytes: $0), .receiveToEnd] })
        for header in headers {
            let error = await failure { try await Client.connect(HostileSession.configuration(server), .blocking) }
            #expect(error?.code == .protocolViolation, "\(header)")
        }
    }

    // Guard: Sources/PostgresClient/Connecting/StartupOperation.swift: `guard length < least ||`
    @Test("CVE-2026-56871: absurd frame lengths between AuthenticationOk and the session")
    func cve_2026_56871_settings() async throws {
        let headers = Self.headers(legal: "SKNAEZ")
        let ok = ScriptedServer.Step.messages([.authentication(.ok)])
        let server = try ScriptedServer(
            connections: headers.map { [.receiveStartup, ok, .send(bytes: $0), .receiveToEnd] })
        for header in headers {
            let error = await failure { try await Client.connect(HostileSession.configuration(server), .blocking) }
            #expect(error?.code == .protocolViolation, "\(header)")
        }
    }

    // Guard: Sources/PostgresClient/Connection/ReplyReader.swift: `guard length >= MessageLimits.minimumLength,`
    @Test("CVE-2026-56871: absurd frame lengths among rows")
    func cve_2026_56871_rows() async throws {
        let headers = Self.headers(legal: "NSAEDCIsGH")
        let server = try ScriptedServer(
            connections: headers.map {
                ScriptedServer.acceptingSession + [
                    .receiveUntil(MessageType.flush), .messages(HostileSession.described("a")),
                    .receiveUntil(MessageType.sync), .messages([.bindComplete]), .send(bytes: $0), .receiveToEnd,
                ]
            })
        for header in headers {
            let client = try await Client.connect(HostileSession.configuration(server), .blocking)
            let error = await failure { try await client.query("SELECT 1 AS a") }
            #expect(error?.code == .protocolViolation, "\(header)")
            // By what the header says, as below.
            #expect(error?.message.contains("that says it is") == true, "\(header): \(error?.message ?? "")")
            #expect(!client.connection.isUsable)
        }
    }

    @Test("CVE-2026-56871: absurd frame lengths in a session")
    func cve_2026_56871_session() async throws {
        let headers = Self.headers(legal: "NSAETDCIGHZ")
        let server = try ScriptedServer(
            connections: headers.map {
                ScriptedServer.acceptingSession + [.receiveUntil(MessageType.query), .send(bytes: $0), .receiveToEnd]
            })
        for header in headers {
            let client = try await Client.connect(HostileSession.configuration(server), .blocking)
            let error = await failure { try await client.simpleQuery("SELECT 1") }
            #expect(error?.code == .protocolViolation, "\(header)")
            // It ends by what the header says, before the message is taken for one that may come and lacks its body.
            #expect(error?.message.contains("that says it is") == true, "\(header): \(error?.message ?? "")")
            #expect(!client.connection.isUsable)
        }
    }

    // Guard: Sources/PostgresClient/Transport/Link.swift: `let promised = min(needed, max(Link.trustedCapacity, 2 * pending))`
    @Test("CVE-2026-56873: a header that promises a gigabyte, then silence, 64 times")
    func cve_2026_56873() async throws {
        let header = HostileSession.header(MessageType.dataRow, (1 << 30) - 1)
        let server = try ScriptedServer(
            ScriptedServer.acceptingSession + [
                .receiveUntil(MessageType.flush), .messages(HostileSession.described("a")),
                .receiveUntil(MessageType.sync), .messages([.bindComplete]), .send(bytes: header + [0, 1]),
                .pause(milliseconds: 300), .close,
            ], count: 64)
        let configuration = try HostileSession.configuration(server)
        let before = HostileSession.peakMemory
        await withTaskGroup { group in
            for _ in 0..<64 {
                group.addTask {
                    let error = await failure {
                        try await Client.connect(configuration, .suspending).query("SELECT a FROM t")
                    }
                    #expect(error?.code == .outcomeUnknown)
                }
            }
        }
        if let before, let after = HostileSession.peakMemory {
            // 64 GiB were promised; other tests take some memory meanwhile.
            #expect(after - before < 8 << 30)
        }
    }

    // Guard: Sources/PostgresClient/Connecting/StartupOperation.swift: `max(MessageLimits.short, pendingLength(link))`
    @Test("CVE-2026-6664, CVE-2026-6668, CVE-2026-107348: the buffer grows in steps, not byte by byte")
    func cve_2026_6664() async throws {
        let long = String(repeating: "s", count: (1 << 20) - 100)
        let server = try ScriptedServer([
            .receiveStartup,
            .messages([
                .authentication(.ok), .parameterStatus(.init(name: "search_path", value: long)),
                .readyForQuery(.init(.idle)),
            ]), .receiveToEnd,
        ])
        let client = try await Client.connect(HostileSession.configuration(server), .suspending)
        #expect(client.connection.parameters["search_path"]?.utf8.count == long.utf8.count)
    }

    // No line is the guard: nobody makes an error of such text. Tests/Guards does, before
    // Guard: Sources/PostgresClient/Connecting/StartupOperation.swift: `try checkLength(length, of: type)`
    @Test("CVE-2026-56874: an error of before the protocol, without end", arguments: Face.allCases)
    func cve_2026_56874(_ face: Face) async throws {
        let text = [UInt8](repeating: UInt8(ascii: "x"), count: 1 << 20)
        for start in ["E", "EFATAL:  ", "E\u{1B}]0;"] {
            let server = try ScriptedServer([.receiveStartup, .send(bytes: Array(start.utf8) + text), .receiveToEnd])
            let error = await failure { try await Client.connect(HostileSession.configuration(server), face) }
            #expect(error?.code == .protocolViolation)
            #expect(error.map { "\($0)".utf8.count < 1000 && !"\($0)".contains("xxxx") } == true)
            #expect(server.waitUntilFinished())
        }
    }

    // Guard: Sources/PostgresClient/Connection/RowColumns.swift: `guard let count = try? row.readUInt16(), Int(count) == descriptions.count`
    @Test("CVE-2026-56872: rows with other columns than were described", arguments: [0, 2, 4], Face.allCases)
    func cve_2026_56872(_ count: Int, _ face: Face) async throws {
        let row = BackendMessage.dataRow(.init(values: Array(repeating: [0, 0, 0, 1], count: count)))
        let answer = HostileSession.result(HostileSession.described("a", "b", "c"), [row])
        for number in 0..<2 {
            let (client, server) = try await HostileSession.answering(answer, face)
            let error =
                if number == 0 {
                    await failure { try await client.query("SELECT a, b, c FROM t") }
                } else {
                    await failure { try await client.query("SELECT a, b, c FROM t", as: (Int32, Int32, Int32).self) }
                }
            #expect(error?.code == .protocolViolation)
            #expect(!client.connection.isUsable)
            #expect(server.waitUntilFinished())
        }
    }

    // Guard: Sources/PostgresClient/Connection/SimpleQueryOperation.swift: `guard columns !== RowColumns.none`
    @Test("CVE-2026-56872: rows that were not described at all", arguments: [0, 1], Face.allCases)
    func cve_2026_56872_undescribed(_ count: Int, _ face: Face) async throws {
        let row = BackendMessage.dataRow(.init(values: Array(repeating: [0, 0, 0, 1], count: count)))
        let (simple, simpleServer) = try await HostileSession.accepted(
            [.receiveUntil(MessageType.query), .messages([row] + HostileSession.end), .receiveToEnd], face)
        #expect(await failure { try await simple.simpleQuery("SELECT 1") }?.code == .protocolViolation)
        #expect(!simple.connection.isUsable)
        #expect(simpleServer.waitUntilFinished())
        guard count > 0 else { return }
        let undescribed: [BackendMessage] = [.parseComplete, .parameterDescription(.init(types: [])), .noData]
        let (client, server) = try await HostileSession.answering(HostileSession.result(undescribed, [row]), face)
        #expect(await failure { try await client.query("DELETE FROM t") }?.code == .protocolViolation)
        #expect(!client.connection.isUsable)
        #expect(server.waitUntilFinished())
    }

    private struct Structure: Decodable { let a: Int32 }

    // Guard: Sources/PostgresWire/Types/PostgresInteger.swift: `case .int4: value = Value(exactly: try reader.readInt32())`
    @Test("CVE-2026-56872: an int4 of 3 or 5 bytes, by every way of reading it", arguments: [0, 3, 5], Face.allCases)
    func cve_2026_56872_width(_ width: Int, _ face: Face) async throws {
        let row = HostileSession.row([UInt8](repeating: 0, count: width))
        let answer = HostileSession.result(HostileSession.described("a"), [row])
        let (client, server) = try await HostileSession.answering(answer, face)
        let rows = try await client.query("SELECT a FROM t")
        #expect(await failure { try rows[0][0] }?.code == .decodingFailed)
        #expect(await failure { try rows[0]["a"] }?.code == .decodingFailed)
        #expect(await failure { try rows[0].decode(0, as: Int32.self) }?.code == .decodingFailed)
        #expect(await failure { try rows[0].decode("a", as: Int64?.self) }?.code == .decodingFailed)
        #expect(await failure { try rows[0].decode(Structure.self) }?.code == .decodingFailed)
        #expect(!rows[0].description.isEmpty)
        #expect(client.connection.isUsable, "the stream of messages is in order")
        client.connection.close()
        #expect(server.waitUntilFinished())
        for number in 0..<2 {
            let (other, otherServer) = try await HostileSession.answering(answer, face)
            let error =
                if number == 0 {
                    await failure { try await other.query("SELECT a FROM t", as: Int32.self) }
                } else {
                    await failure { try await other.structures("SELECT a FROM t", as: Structure.self) }
                }
            #expect(error?.code == .decodingFailed)
            other.connection.close()
            #expect(otherServer.waitUntilFinished())
        }
    }

    @Test("CVE-2026-32286: a field length below -1 in a result", arguments: [Int32.min, -2, 5, .max], Face.allCases)
    func cve_2026_32286(_ length: Int32, _ face: Face) async throws {
        var row = WireWriter()
        row.message(MessageType.dataRow) { writer in
            writer.write(count: 2)
            writer.write(length)
            writer.write(Int32(7))
            writer.write(Int32(-1))
        }
        let (client, server) = try await HostileSession.answering(
            [
                .messages(HostileSession.described("a", "b")), .receiveUntil(MessageType.sync),
                .send(
                    bytes: HostileSession.bytes([.bindComplete]) + row.bytes + HostileSession.bytes(HostileSession.end)),
            ], face)
        let rows = try await client.query("SELECT a, b FROM t")
        for column in ["a", "b"] {
            #expect(await failure { try rows[0].decode(column, as: Int32?.self) }?.code == .decodingFailed)
            #expect(await failure { try rows[0][column] }?.code == .decodingFailed)
        }
        client.connection.close()
        #expect(server.waitUntilFinished())
    }

    @Test("CVE-2026-6477: a FunctionCallResponse ends the connection", arguments: Face.allCases)
    func cve_2026_6477(_ face: Face) async throws {
        let response = BackendMessage.functionCallResponse(.init(value: [UInt8](repeating: 0x41, count: 100_000)))
        let (client, server) = try await HostileSession.answering([.messages([response])], face)
        #expect(await failure { try await client.query("SELECT lo_open(1, 1)") }?.code == .protocolViolation)
        #expect(!client.connection.isUsable)
        #expect(server.waitUntilFinished())
        // One without a body, which would be no malformed message, and then the answer itself.
        let bare = ScriptedServer.Step.send(bytes: HostileSession.header(MessageType.functionCallResponse, 4))
        let (other, script) = try await HostileSession.answering(
            [bare] + HostileSession.result(HostileSession.described("a"), []), face)
        #expect(await failure { try await other.query("SELECT lo_open(1, 1) AS a") }?.code == .protocolViolation)
        #expect(!other.connection.isUsable)
        other.connection.close()
        #expect(script.waitUntilFinished())
    }

    // Guard: Sources/PostgresWire/SQL/SQL.swift: `guard bindings.count <= Self.maximumParameterCount else`
    @Test("CVE-2026-109448: 32,767, 32,768 and 65,535 parameters arrive, 65,536 are refused", arguments: Face.allCases)
    func cve_2026_109448(_ face: Face) async throws {
        let client = try await Client.connect(.tcp, face)
        for count in [32_767, 32_768, 65_535, 65_536] {
            let one = Int32(1)
            let rows = (0..<count).map { _ -> SQL in "(\(one))" }
            let sql: SQL = "SELECT count(*) FROM (VALUES \(rows.joined(separator: ", "))) AS v (n)"
            if count <= 65_535 {
                #expect(try await client.query(sql, as: Int64.self) == [Int64(count)])
            } else {
                #expect(await failure { try await client.query(sql) }?.code == .invalidArgument)
            }
        }
        #expect(try await client.answers())
    }

    // Two stand in for each other, before a statement and while one runs, and are taken away together.
    // Guard: Sources/PostgresClient/Connection/ConnectionCore.swift: `if let ending {`
    // Guard: Sources/PostgresClient/Connection/ReplyReader.swift: `if let ending = core.ending {`
    @Test("GHSA-fqpg-rq76-99pq: several FATALs, then the end; and use after it", arguments: Face.allCases)
    func ghsa_fqpg_rq76_99pq(_ face: Face) async throws {
        let fatal = BackendMessage.errorResponse(
            .init(ServerError(severity: "FATAL", sqlState: .adminShutdown, message: "going down")))
        for answer: [ScriptedServer.Step] in [
            [.messages([fatal, fatal, fatal]), .close],
            [.messages([fatal, fatal, fatal]), .reset],
            [
                .messages(HostileSession.described("a")), .receiveUntil(MessageType.sync),
                .messages([.bindComplete, fatal, fatal, fatal]), .close,
            ],
        ] {
            let (client, server) = try await HostileSession.answering(answer, face)
            let error = await failure { try await client.query("SELECT a FROM t") }
            #expect(error?.sqlState == .adminShutdown || error?.code == .connectionLost, "\(String(describing: error))")
            #expect(!client.connection.isUsable)
            #expect(await failure { try await client.query("SELECT 1") }?.code == .connectionClosed)
            #expect(await failure { try await client.simpleQuery("SELECT 1") }?.code == .connectionClosed)
            #expect(await failure { try await client.prepare("SELECT 1") }?.code == .connectionClosed)
            let stream = client.connection.stream("SELECT 1")
            #expect(await failure { try await client.next(stream) }?.code == .connectionClosed)
            #expect(server.waitUntilFinished())
        }
    }

    private static func pipeline(_ client: Client) async -> PostgresError? {
        do {
            switch client.face {
            case .blocking: try blockingPipeline(client.connection)
            case .suspending: _ = try await client.connection.pipeline { try $0.query("SELECT 1") }
            }
            return nil
        } catch {
            return error as? PostgresError
        }
    }

    private static func blockingPipeline(_ connection: Connection) throws {
        _ = try connection.pipeline { try $0.query("SELECT 1") }
    }

    // The same two as above.
    @Test("GHSA-fqpg-rq76-99pq: several FATALs in answer to a pipeline; and one after that", arguments: Face.allCases)
    func ghsa_fqpg_rq76_99pq_pipeline(_ face: Face) async throws {
        let fatal = BackendMessage.errorResponse(
            .init(ServerError(severity: "FATAL", sqlState: .adminShutdown, message: "going down")))
        for end: ScriptedServer.Step in [.close, .reset] {
            let (client, server) = try await HostileSession.accepted(
                [.receiveUntil(MessageType.sync), .messages([fatal, fatal, fatal]), end], face)
            let error = await Self.pipeline(client)
            #expect(error?.sqlState == .adminShutdown || error?.code == .connectionLost, "\(String(describing: error))")
            #expect(!client.connection.isUsable)
            #expect(await Self.pipeline(client)?.code == .connectionClosed)
            #expect(server.waitUntilFinished())
        }
    }

    // Guard: Sources/PostgresClient/Connection/ConnectionCore.swift: `if isBusy {`
    @Test("GHSA-fqpg-rq76-99pq: a connection that is closed or busy says so", arguments: Face.allCases)
    func ghsa_fqpg_rq76_99pq_busy(_ face: Face) async throws {
        let client = try await Client.connect(.tcp, face)
        let stream = client.connection.stream("SELECT generate_series(1, 100000)")
        #expect(try await client.next(stream) != nil)
        #expect(await failure { try await client.query("SELECT 1") }?.code == .connectionBusy)
        while try await client.next(stream) != nil {}
        #expect(try await client.answers())
        client.connection.close()
        client.connection.close()
        #expect(await failure { try await client.query("SELECT 1") }?.code == .connectionClosed)
    }

    // Nothing is made of names but text to compare, byte by byte:
    // Guard: Sources/PostgresClient/Connection/RowColumns.swift: `where descriptions[index].name.utf8.elementsEqual(name.utf8)`
    @Test("CVE-2017-16082: hostile column names are names", arguments: Face.allCases)
    func cve_2017_16082(_ face: Face) async throws {
        let names = [
            "__proto__", "constructor", "\"", "'", "\\", "a\nb", "\u{1B}[31m", "", "');process.exit()//", "${x}",
            "\\(x)",
            String(repeating: "n", count: 10_000), "twice", "twice", "e\u{301}", "\u{E9}",
        ]
        let described: [BackendMessage] = [
            .parseComplete, .parameterDescription(.init(types: [])),
            .rowDescription(.init(columns: names.map { ColumnDescription(name: $0, typeOID: .int4) })),
        ]
        let row = BackendMessage.dataRow(.init(values: names.indices.map { [0, 0, 0, UInt8($0)] }))
        let (client, server) = try await HostileSession.answering(HostileSession.result(described, [row]), face)
        let rows = try await client.query("SELECT * FROM t")
        for (index, name) in names.enumerated() where name != "twice" {
            #expect(try rows[0].decode(name, as: Int32.self) == Int32(index), "\(name)")
        }
        #expect(await failure { try rows[0]["twice"] }?.code == .decodingFailed)
        #expect(await failure { try rows[0]["absent"] }?.code == .decodingFailed)
        #expect(!rows[0].description.isEmpty)
        client.connection.close()
        #expect(server.waitUntilFinished())
    }

    /// A parameter that cannot be sent.
    private struct Unsendable: PostgresEncodable {
        var postgresType: PostgresOID { .int4 }
        var postgresFormat: PostgresFormat { .binary }
        func encode(into writer: inout WireWriter) {
            writer.write(Int32(1))
            writer.fail(.outOfRange)
        }
    }

    // Guard: Sources/PostgresClient/Connection/ConnectionCore+Statements.swift: `if let failure = writer.failure {`
    @Test(
        "CVE-2022-31625, CVE-2022-25852: the k-th of n parameters cannot be encoded", arguments: [1, 2, 5],
        Face.allCases)
    func cve_2022_31625(_ place: Int, _ face: Face) async throws {
        let (client, server) = try await HostileSession.accepted(
            [.receiveUntil(MessageType.query), .messages(HostileSession.end), .receiveToEnd], face)
        let sent = server.received().count
        let parts = (1...5).map { number -> SQL in number == place ? "\(Unsendable())" : "\(Int32(number))" }
        for _ in 0..<2 {
            let error = await failure { try await client.query("SELECT \(parts.joined(separator: ", "))") }
            #expect(error?.code == .encodingFailed)
            #expect(error?.message.contains("$\(place)") == true)
            #expect(error?.isSafeToRetry == true)
        }
        #expect(client.connection.isUsable)
        _ = try await client.simpleQuery("SELECT 1")
        #expect(server.received().dropFirst(sent).first == MessageType.query, "nothing went before")
        // With a statement that the server knows already.
        let live = try await Client.connect(.tcp, face)
        let statement = try await live.prepare("SELECT $1::int4")
        #expect(try await live.run(statement, Int32(4))[0].decode(0, as: Int32.self) == 4)
        #expect(await failure { try await live.run(statement, Unsendable()) }?.code == .encodingFailed)
        #expect(try await live.run(statement, Int32(5))[0].decode(0, as: Int32.self) == 5)
        client.connection.close()
    }
}
