import ManticoreTesting
import PostgresClient
import PostgresWire
import Testing

/// The limits that docs/security.md lists, on a live connection.
@Suite("Limits: of a connection", .ownThread) struct LimitsTests {
    // Guard: Sources/PostgresWire/Messages/MessageLimits.swift: `return authentication`
    // Guard: Sources/PostgresClient/Connecting/StartupOperation.swift: `isEarly && type != MessageType.noticeResponse ? 8`
    @Test(
        "Startup: Authentication and NegotiateProtocolVersion of at most 2000 bytes",
        arguments: [5, 7, 2001, 30_000] as [UInt32])
    func startupLengths(_ length: UInt32) async throws {
        for type in "Rv".utf8 {
            let body = [UInt8](repeating: 0, count: Int(length) - 4)
            let server = try ScriptedServer([
                .receiveStartup, .send(bytes: HostileSession.header(type, length) + body), .receiveToEnd,
            ])
            let error = await failure { try await Client.connect(HostileSession.configuration(server), .suspending) }
            #expect(error?.code == .protocolViolation, "type \(type)")
            // For its length, not because so long a body is malformed.
            #expect(error?.message.contains("that says it is \(length) bytes long") == true, "type \(type)")
        }
    }

    // Guard: Sources/PostgresWire/Messages/MessageLimits.swift: `default: return short`
    @Test(
        "Startup: ErrorResponse of less than 8 or more than 30,000 bytes is not shown",
        arguments: [30_001, 1 << 20] as [UInt32])
    func startupErrors(_ length: UInt32) async throws {
        let text = [UInt8](repeating: UInt8(ascii: "x"), count: 4000)
        let server = try ScriptedServer([
            .receiveStartup,
            .send(bytes: HostileSession.header(MessageType.errorResponse, length) + Array("M".utf8) + text),
            .receiveToEnd,
        ])
        let error = await failure { try await Client.connect(HostileSession.configuration(server), .suspending) }
        #expect(error?.code == .protocolViolation)
        #expect(error.map { "\($0)".contains("xxx") } == false)
    }

    // Guard: Sources/PostgresClient/Transport/DialOperation.swift: `case UInt8(ascii: "E"):`
    @Test("SSLRequest: one byte, S or N; everything else ends the attempt")
    func sslAnswers() async throws {
        let answers = (UInt8.min ... .max).filter { !"SN".utf8.contains($0) }
        let server = try ScriptedServer(
            connections: answers.map { [.receiveStartup, .send(bytes: [$0]), .receiveToEnd] })
        for (index, answer) in answers.enumerated() {
            let error = await failure {
                try await Client.connect(HostileSession.configuration(server, sslmode: .prefer), .blocking)
            }
            #expect(error?.code == .protocolViolation, "\(answer)")
            #expect(server.connections == index + 1, "no second try after \(answer)")
        }
    }

    @Test("Bodies that disagree with their length end the connection", arguments: Face.allCases)
    func bodies(_ face: Face) async throws {
        let bad: [(UInt8, [UInt8])] = [
            (MessageType.parseComplete, [0]), (MessageType.errorResponse, [UInt8(ascii: "M")]),
            (MessageType.noticeResponse, [0, 0]), (MessageType.parameterStatus, Array("a\0b\0c".utf8)),
            (MessageType.notificationResponse, [0, 0, 0, 1]),
        ]
        for (type, body) in bad {
            let message = HostileSession.header(type, UInt32(body.count + 4)) + body
            let (client, server) = try await HostileSession.answering([.send(bytes: message)], face)
            #expect(await failure { try await client.query("SELECT 1") }?.code == .protocolViolation, "type \(type)")
            #expect(!client.connection.isUsable)
            #expect(server.waitUntilFinished())
        }
    }

    // Guard: Sources/PostgresClient/Connecting/StartupOperation.swift: `try session.setBackendKey(key)`
    @Test("BackendKeyData: none means that nothing can be cancelled, the last of several counts")
    func keys() async throws {
        for keys: [BackendMessage] in [
            [],
            [
                .backendKeyData(.init(processID: 1, key: [1, 2, 3, 4])),
                .backendKeyData(.init(processID: 2, key: [5, 6, 7, 8])),
            ],
        ] {
            let server = try ScriptedServer([
                .receiveStartup, .messages([.authentication(.ok)] + keys + [.readyForQuery(.init(.idle))]),
                .receiveToEnd,
            ])
            let client = try await Client.connect(HostileSession.configuration(server), .suspending)
            #expect(client.connection.processID == (keys.isEmpty ? nil : 2))
        }
    }

    // MARK: - N, S and A anywhere

    private static let columns = [
        ColumnDescription(name: "n", typeOID: .int4), ColumnDescription(name: "t", typeOID: .text),
    ]

    /// A session as a server would lead it: after the startup message, after Flush, after Sync, after Query.
    private static let recorded: [[BackendMessage]] = [
        [
            .authentication(.ok), .parameterStatus(.init(name: "server_version", value: "17.0")),
            .backendKeyData(.init(processID: 1, key: [1, 2, 3, 4])), .readyForQuery(.init(.idle)),
        ],
        [.parseComplete, .parameterDescription(.init(types: [])), .rowDescription(.init(columns: columns))],
        [
            .bindComplete, .dataRow(.init(values: [[0, 0, 0, 1], Array("one".utf8)])),
            .dataRow(.init(values: [[0, 0, 0, 2], nil])), .commandComplete(.init(tag: "SELECT 2")),
            .readyForQuery(.init(.inTransaction)),
        ],
        [
            .rowDescription(.init(columns: [ColumnDescription(name: "x", typeOID: .text)])),
            .dataRow(.init(values: [Array("y".utf8)])), .commandComplete(.init(tag: "SELECT 1")), .emptyQueryResponse,
            .readyForQuery(.init(.idle)),
        ],
    ]

    private static let interjections: [BackendMessage] = [
        .noticeResponse(.init(ServerError(severity: "NOTICE", message: "by the way"))),
        .parameterStatus(.init(name: "TimeZone", value: "UTC")),
        .notificationResponse(.init(processID: 7, channel: "c", payload: "p")),
    ]

    /// What a client makes of the session.
    private func outcome(_ flights: [[BackendMessage]], _ face: Face) async throws -> String {
        let server = try ScriptedServer([
            .receiveStartup, .messages(flights[0]), .receiveUntil(MessageType.flush), .messages(flights[1]),
            .receiveUntil(MessageType.sync), .messages(flights[2]), .receiveUntil(MessageType.query),
            .messages(flights[3]), .receiveToEnd,
        ])
        let client = try await Client.connect(HostileSession.configuration(server), face)
        let rows = try await client.query("SELECT n, t FROM t")
        let simple = try await client.simpleQuery("SELECT x; ;")
        return "\(rows.map(\.description)) \(simple.map { $0.map(\.description) }) \(client.connection.isUsable)"
    }

    // Guard: Sources/PostgresWire/Session/Session.swift: `case UInt8(ascii: "N"), UInt8(ascii: "S"), UInt8(ascii: "A"): return`
    @Test("N, S and A at every boundary of a session change nothing", arguments: Face.allCases)
    func interjectionsEverywhere(_ face: Face) async throws {
        let plain = try await outcome(Self.recorded, face)
        #expect(plain.contains("one"))
        for (flight, messages) in Self.recorded.enumerated() {
            // Before AuthenticationOk only a notice may come.
            for place in (flight == 0 ? 1 : 0)..<messages.count {
                var flights = Self.recorded
                flights[flight].insert(contentsOf: Self.interjections, at: place)
                #expect(try await outcome(flights, face) == plain, "flight \(flight), before message \(place)")
            }
        }
        // After the last one too: with the connection idle.
        var late = Self.recorded
        for flight in late.indices { late[flight] += Self.interjections }
        #expect(try await outcome(late, face) == plain)
    }

    // MARK: - Floods

    /// So many notices, rounded up to a power of two.
    private static func notices(_ count: Int) -> [UInt8] {
        var bytes = HostileSession.bytes([interjections[0]])
        var number = 1
        while number < count {
            bytes += bytes
            number *= 2
        }
        return bytes
    }

    // Guard: Sources/PostgresWire/Session/Session.swift: `messagesBeforeReady <= Session.messageLimitBeforeReady`
    @Test("A million notices while the session starts: enough is enough", arguments: Face.allCases)
    func floodWhileStarting(_ face: Face) async throws {
        let server = try ScriptedServer([
            .receiveStartup, .messages([.authentication(.ok)]), .send(bytes: Self.notices(1_000_000)), .receiveToEnd,
        ])
        let error = await failure {
            try await Client.connect(HostileSession.configuration(server, timeout: .seconds(20)), face)
        }
        #expect(error?.code == .protocolViolation)
        #expect(server.waitUntilFinished())
        #expect(server.failure()?.contains("while the server was sending") == true, "it did not read to the end")
    }

    // Guard: Sources/PostgresClient/Connection/Exchange.swift: `receives == Wait.receivesBetweenPauses`
    @Test("Notices without end in answer to a query: cancelling works")
    func floodInAnswer() async throws {
        let flood = Array(repeating: ScriptedServer.Step.send(bytes: Self.notices(30_000)), count: 2000)
        let server = try ScriptedServer(
            [
                .receiveStartup, .messages([.authentication(.ok), .readyForQuery(.init(.idle))]),
                .receiveUntil(MessageType.flush),
            ] + flood + [.receiveToEnd])
        let configuration = try HostileSession.configuration(server)
        let work = Task { try await Client.connect(configuration, .suspending).query("SELECT 1") }
        // The flood has begun.
        while server.bytesSent() < 1000 { try await Task.sleep(for: .milliseconds(5)) }
        work.cancel()
        let error = await failure { try await work.value }
        #expect(error?.code == .cancelled || error?.code == .timedOut)
        #expect(server.waitUntilFinished())
        #expect(server.failure()?.contains("while the server was sending") == true, "it did not read to the end")
    }

    @Test("Notices before authentication are few")
    func noticesBeforeAuthentication() async throws {
        let server = try ScriptedServer([.receiveStartup, .send(bytes: Self.notices(1000)), .receiveToEnd])
        let error = await failure { try await Client.connect(HostileSession.configuration(server), .suspending) }
        #expect(error?.code == .protocolViolation)
    }

    // MARK: - States

    // Guard: Sources/PostgresWire/Session/Session.swift: `throw unexpected(type)`, the last of acceptWhenEstablished
    @Test("Idle: a FATAL is reported by the next use, anything else ends the connection", arguments: Face.allCases)
    func idle(_ face: Face) async throws {
        let fatal = BackendMessage.errorResponse(
            .init(ServerError(severity: "FATAL", sqlState: .adminShutdown, message: "going down")))
        let (client, server) = try await HostileSession.accepted([.messages([fatal]), .close], face)
        #expect(server.waitUntilFinished())
        let error = await failure { try await client.query("SELECT 1") }
        #expect(error?.sqlState == .adminShutdown)
        #expect(!client.connection.isUsable)
        for type in UInt8.min ... .max where !"NSAE1".utf8.contains(type) {
            let (other, otherServer) = try await HostileSession.accepted(
                [.send(bytes: [type, 0, 0, 0, 4]), .receiveUntil(MessageType.flush), .close], .blocking)
            #expect(await failure { try await other.query("SELECT 1") }?.code == .protocolViolation, "type \(type)")
            #expect(!other.connection.isUsable)
            _ = otherServer
        }
    }

    @Test("Pool: a session in which the server spoke unasked is not lent again")
    func unaskedInThePool() async throws {
        let stray = HostileSession.bytes([.commandComplete(.init(tag: "SELECT 1")), .readyForQuery(.init(.idle))])
        let answer: [ScriptedServer.Step] = [.receiveUntil(MessageType.query), .messages(HostileSession.end)]
        let server = try ScriptedServer(connections: [
            ScriptedServer.acceptingSession + answer + [.send(bytes: stray), .receiveToEnd],
            ScriptedServer.acceptingSession + answer + [.receiveToEnd],
        ])
        let pool = ConnectionPool(try HostileSession.configuration(server))
        for _ in 0..<2 {
            _ = try await pool.withConnection { connection in try await connection.simpleQuery("SELECT 1") }
            try await Task.sleep(for: .milliseconds(100))
        }
        #expect(server.connections == 2)
        pool.close()
    }

    // Guard: Sources/PostgresClient/Connection/ReplyReader.swift: `guard described.isEmpty else { throw .invalidValue }`
    @Test(
        "A server that calls itself CockroachDB cannot describe other columns among the rows", arguments: Face.allCases)
    func secondDescription(_ face: Face) async throws {
        let other = BackendMessage.rowDescription(.init(columns: [ColumnDescription(name: "x", typeOID: .text)]))
        let empty = BackendMessage.rowDescription(.init(columns: []))
        for (second, isFine) in [(empty, true), (other, false)] {
            let server = try ScriptedServer(
                [
                    .receiveStartup,
                    .messages([
                        .authentication(.ok),
                        .parameterStatus(.init(name: "crdb_version", value: "CockroachDB CCL v25.2")),
                        .readyForQuery(.init(.idle)),
                    ]), .receiveUntil(MessageType.flush),
                ] + HostileSession.result(HostileSession.described("a"), [HostileSession.row([0, 0, 0, 1]), second]) + [
                    .receiveToEnd
                ])
            let client = try await Client.connect(HostileSession.configuration(server), face)
            if isFine {
                #expect(try await client.query("SELECT a FROM t")[0].decode("a", as: Int32.self) == 1)
            } else {
                #expect(await failure { try await client.query("SELECT a FROM t") }?.code == .protocolViolation)
                #expect(!client.connection.isUsable)
            }
        }
    }

    // MARK: - Settings

    @Test("client_encoding and integer_datetimes that change in a session", arguments: Face.allCases)
    func settingsThatChange(_ face: Face) async throws {
        for (name, value) in [("client_encoding", "LATIN1"), ("integer_datetimes", "off")] {
            let change = BackendMessage.parameterStatus(.init(name: name, value: value))
            let (client, server) = try await HostileSession.answering(
                HostileSession.result(HostileSession.described("a"), [change, HostileSession.row([0, 0, 0, 1])]), face)
            let error = await failure { try await client.query("SELECT a FROM t") }
            #expect(error?.message.contains(name == "client_encoding" ? "LATIN1" : "floating point") == true)
            #expect(!client.connection.isUsable, "\(name)")
            #expect(server.waitUntilFinished())
            let starting = try ScriptedServer([
                .receiveStartup, .messages([.authentication(.ok), change, .readyForQuery(.init(.idle))]), .receiveToEnd,
            ])
            let refused = await failure { try await Client.connect(HostileSession.configuration(starting), face) }
            #expect(refused?.code == .protocolViolation, "\(name)")
        }
        // A server reports what has changed behind the error of a statement, too.
        let queries: [SQL] = ["SET client_encoding = 'LATIN1'", "SET client_encoding = 'LATIN1'; COMMIT; SELECT 1 / 0"]
        for query in queries {
            let client = try await Client.connect(.tcp, face)
            let error = await failure { try await client.simpleQuery(query) }
            #expect(error?.message.contains("LATIN1") == true)
            #expect(!client.connection.isUsable)
        }
    }

    // Guard: Sources/PostgresClient/Rows/ResultFormats.swift: `default: choose(type)`, which asks for binary
    @Test(
        "standard_conforming_strings, DateStyle, IntervalStyle and TimeZone change no value", arguments: Face.allCases)
    func stylesThatChange(_ face: Face) async throws {
        let client = try await Client.connect(.tcp, face)
        let sql: SQL = """
            SELECT '2024-02-03'::date, '2024-02-03 04:05:06.789'::timestamp, '2024-02-03 04:05:06.789+00'::timestamptz, 1.5::numeric
            """
        let text = "a\\b'c"
        func values() async throws -> String {
            let row = try await client.query(
                sql, as: (PostgresDate, PostgresTimestamp, PostgresTimestampWithTimeZone, PostgresNumeric).self)
            let echo = try await client.query("SELECT \(text)::text", as: String.self)
            return "\(row) \(echo)"
        }
        let before = try await values()
        #expect(before.contains("2024-02-03"))
        for setting in [
            "DateStyle = 'SQL, DMY'", "DateStyle = 'German'", "DateStyle = 'Postgres, MDY'",
            "IntervalStyle = 'iso_8601'",
            "TimeZone = 'Asia/Kathmandu'", "extra_float_digits = -5", "bytea_output = 'escape'",
            "standard_conforming_strings = off",
        ] {
            try await client.simpleQuery(SQL(unsafeSQL: "SET \(setting)"))
            #expect(try await values() == before, "\(setting)")
            #expect(
                try await client.query("SELECT 'x' AS \(identifier: "q\"'\\")").columns.descriptions[0].name == "q\"'\\"
            )
        }
    }

    // Guard: Sources/PostgresClient/Connection/ReplyReader.swift: `if tag.endsPreparedStatements { core.statements.removeAll() }`
    @Test("DISCARD ALL and DEALLOCATE ALL take the cached statements with them", arguments: Face.allCases)
    func discardedStatements(_ face: Face) async throws {
        let client = try await Client.connect(.tcp, face)
        let sql: SQL = "SELECT 1::int4"
        for isSimple in [true, false] {
            // In a transaction nothing can be tried again.
            #expect(try await client.query(sql, as: Int32.self) == [1])
            try await client.execute("BEGIN")
            if isSimple {
                try await client.simpleQuery("DEALLOCATE ALL")
            } else {
                try await client.execute("DEALLOCATE ALL")
            }
            #expect(try await client.query(sql, as: Int32.self) == [1])
            try await client.execute("COMMIT")
            if isSimple { try await client.simpleQuery("DISCARD ALL") } else { try await client.execute("DISCARD ALL") }
            try await client.simpleQuery("BEGIN")
            #expect(try await client.query(sql, as: Int32.self) == [1])
            try await client.simpleQuery("COMMIT")
        }
    }

    // MARK: - The user's own

    // Guard: Sources/PostgresClient/Configuration/ConnectionConfiguration+Startup.swift: `guard length > maximumMessageLength else { return }`
    @Test("maximumMessageLength: what is longer ends the connection before it has come", arguments: Face.allCases)
    func longerThanAllowed(_ face: Face) async throws {
        let limit = 65_536
        var servers: [ScriptedServer] = []
        defer { servers.removeAll() }
        func connect(_ script: [ScriptedServer.Step]) async throws -> Client {
            let server = try ScriptedServer(script)
            servers.append(server)
            var configuration = try HostileSession.configuration(server)
            configuration.maximumMessageLength = limit
            return try await Client.connect(configuration, face)
        }
        for type in [MessageType.dataRow, MessageType.errorResponse, MessageType.noticeResponse] {
            let header = ScriptedServer.Step.send(bytes: HostileSession.header(type, UInt32(limit) + 1))
            let extended = try await connect(
                ScriptedServer.acceptingSession + [
                    .receiveUntil(MessageType.flush), .messages(HostileSession.described("a")),
                    .receiveUntil(MessageType.sync), .messages([.bindComplete]), header, .receiveToEnd,
                ])
            let error = await failure { try await extended.query("SELECT a") }
            #expect(error?.code == .messageTooLong, "\(type)")
            #expect(error?.message.contains("65537 bytes long, more than maximumMessageLength, 65536") == true)
            #expect(!extended.connection.isUsable)
            let simple = try await connect(
                ScriptedServer.acceptingSession + [.receive(MessageType.query), header, .receiveToEnd])
            #expect(await failure { try await simple.simpleQuery("SELECT a") }?.code == .messageTooLong, "\(type)")
            #expect(!simple.connection.isUsable)
        }
        let start = await failure {
            try await connect([
                .receiveStartup, .messages([.authentication(.ok)]),
                .send(bytes: HostileSession.header(MessageType.parameterStatus, UInt32(limit) + 1)), .receiveToEnd,
            ])
        }
        #expect(start?.code == .messageTooLong)
        // The longest that is allowed: its length, the number of columns, and the value's length are 10 bytes.
        let value = [UInt8](repeating: 7, count: limit - 10)
        let client = try await connect(
            ScriptedServer.acceptingSession + [.receiveUntil(MessageType.flush)]
                + HostileSession.result(HostileSession.described("a"), [HostileSession.row(value)]) + [.receiveToEnd])
        #expect(try await client.query("SELECT a").count == 1)
        #expect(client.connection.isUsable)
        client.connection.close()
        var configuration = try HostileSession.configuration(try ScriptedServer([.receiveToEnd]))
        configuration.maximumMessageLength = 4095
        #expect(await failure { try await Client.connect(configuration, face) }?.code == .invalidConfiguration)
    }

    // MARK: - TLS

    // Guard: Sources/PostgresClient/Transport/Link.swift: `if try receiveDecrypted(tls) { return .bytes }`
    @Test("TLS records larger than the buffer, and rows that end anywhere in them", arguments: Face.allCases)
    func tlsRecords(_ face: Face) async throws {
        let client = try await Client.connect(.tls, face)
        for size in Array(stride(from: 16_200, through: 16_420, by: 7)) + [32_768, 65_536, 1 << 20, 3 << 20] {
            let rows = try await client.query(
                "SELECT repeat('x', \(Int32(size))::int4), n::int4 FROM generate_series(1, 3) AS g (n)",
                as: (String, Int32).self)
            #expect(rows.map(\.1) == [1, 2, 3], "\(size)")
            #expect(rows.allSatisfy { $0.0.utf8.count == size }, "\(size)")
        }
    }
}
