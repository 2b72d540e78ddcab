import ManticoreTesting
import PostgresClient
import PostgresWire
import Testing

/// Peers that are no honest server: a typed error that says what happened, the connection closed, within the deadline.
@Suite(.ownThread) struct BadPeerTests {
    private func configuration(
        _ server: ScriptedServer, sslmode: SSLMode = .disable, password: String? = nil,
        timeout: Duration = .seconds(10)
    ) throws -> ConnectionConfiguration {
        try .resolve(
            host: server.host, port: server.port, user: "app", password: password, database: "app", sslmode: sslmode,
            connectTimeout: timeout, environment: [:])
    }

    // MARK: - No PostgreSQL at all

    private static let strangers: [(String, [UInt8])] = [
        ("HTTP", Array("HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n".utf8)),
        ("SSH", Array("SSH-2.0-OpenSSH_9.6\r\n".utf8)),
        ("MySQL", [0x4A, 0, 0, 0, 0x0A] + Array("8.0.36\0".utf8) + [UInt8](repeating: 1, count: 60)),
        ("TLS alert", [0x15, 3, 3, 0, 2, 2, 70]),
        ("SMTP", Array("220 mail.example ESMTP\r\n".utf8)),
        ("zeros", [UInt8](repeating: 0, count: 64)),
    ]

    // These stand in for each other, and are taken away together.
    // Guard: Sources/PostgresWire/Session/Session.swift: `throw unexpected(type)`, the last of acceptWhileAuthenticating
    // Guard: Sources/PostgresClient/Connecting/StartupOperation.swift: `guard length < least || length > most else`
    @Test(arguments: strangers.indices, Face.allCases)
    func strangersAreToldApartFromServers(_ index: Int, _ face: Face) async throws {
        let (name, bytes) = BadPeerTests.strangers[index]
        for sslmode in [SSLMode.disable, .prefer, .require] {
            let server = try ScriptedServer([.receiveStartup, .send(bytes: bytes), .receiveToEnd])
            let error = await failure { try await Client.connect(configuration(server, sslmode: sslmode), face) }
            #expect(error?.code == .protocolViolation, "\(name), \(sslmode): \(String(describing: error))")
            #expect(error?.host == "127.0.0.1:\(server.port)")
            #expect(server.waitUntilFinished())
            #expect(server.connections == 1, "no second try")
        }
    }

    @Test(arguments: [SSLMode.disable, .prefer, .require], Face.allCases)
    func silenceEndsWithTheDeadline(_ sslmode: SSLMode, _ face: Face) async throws {
        let server = try ScriptedServer([.receiveToEnd])
        let error = await failure {
            try await Client.connect(configuration(server, sslmode: sslmode, timeout: .milliseconds(300)), face)
        }
        #expect(error?.code == .timedOut)
        #expect(error?.message.contains("connect_timeout") == true)
        #expect(error?.isSafeToRetry == true)
        #expect(server.waitUntilFinished())
    }

    @Test(arguments: [SSLMode.disable, .prefer, .require], Face.allCases)
    func anEndIsAnError(_ sslmode: SSLMode, _ face: Face) async throws {
        for script: [ScriptedServer.Step] in [[.close], [.receiveStartup, .close], [.receiveStartup, .reset]] {
            let server = try ScriptedServer(script)
            let error = await failure { try await Client.connect(configuration(server, sslmode: sslmode), face) }
            #expect(error?.code == .connectionFailed || error?.code == .connectionLost, "\(String(describing: error))")
        }
    }

    @Test(arguments: Face.allCases)
    func aStallAfterHalfAMessageEndsWithTheDeadline(_ face: Face) async throws {
        var writer = WireWriter()
        BackendMessage.authentication(.sasl(mechanisms: ["SCRAM-SHA-256"])).encode(into: &writer)
        for count in [1, 4, 5, 8, writer.bytes.count - 1] {
            let server = try ScriptedServer([
                .receiveStartup, .send(bytes: Array(writer.bytes.prefix(count))), .receiveToEnd,
            ])
            let error = await failure {
                try await Client.connect(configuration(server, password: "x", timeout: .milliseconds(300)), face)
            }
            #expect(error?.code == .timedOut, "\(count)")
            #expect(server.waitUntilFinished())
        }
    }

    @Test(arguments: [0, 1, 2, 3, 30_001, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFF] as [UInt32], Face.allCases)
    func absurdLengthsAreRefusedAtOnce(_ length: UInt32, _ face: Face) async throws {
        for type in "RENSZK".utf8 {
            var header = WireWriter()
            header.write(type)
            header.write(length)
            let server = try ScriptedServer([.receiveStartup, .send(bytes: header.bytes), .receiveToEnd])
            let error = await failure { try await Client.connect(configuration(server), face) }
            #expect(error?.code == .protocolViolation, "type \(type)")
            #expect(server.waitUntilFinished())
        }
        for type in "TDCZESNA1".utf8 {
            // A data row of up to a gigabyte is legal; it costs nothing until it comes.
            if length == 30_001, "TDENSA".utf8.contains(type) { continue }
            var header = WireWriter()
            header.write(type)
            header.write(length)
            let server = try ScriptedServer(
                ScriptedServer.acceptingSession + [
                    .receiveUntil(MessageType.query), .send(bytes: header.bytes), .receiveToEnd,
                ])
            let client = try await Client.connect(configuration(server), face)
            let error = await failure { try await client.simpleQuery("SELECT 1") }
            #expect(error?.code == .protocolViolation, "type \(type)")
            #expect(!client.connection.isUsable)
            #expect(server.waitUntilFinished())
        }
    }

    // MARK: - The agreement on TLS

    @Test(arguments: [SSLMode.prefer, .require], Face.allCases)
    func plaintextBehindTheConsentToTLSIsRefused(_ sslmode: SSLMode, _ face: Face) async throws {
        var behind = WireWriter()
        BackendMessage.authentication(.ok).encode(into: &behind)
        BackendMessage.readyForQuery(.init(.idle)).encode(into: &behind)
        for extra in [[0], behind.bytes] {
            let server = try ScriptedServer([.receiveStartup, .send(bytes: [UInt8(ascii: "S")] + extra), .receiveToEnd])
            let error = await failure { try await Client.connect(configuration(server, sslmode: sslmode), face) }
            #expect(error?.code == .protocolViolation)
            #expect(error?.message.contains("unencrypted data") == true)
            #expect(server.waitUntilFinished())
            #expect(server.received().count == 8, "nothing but SSLRequest")
            #expect(server.connections == 1)
        }
    }

    @Test(arguments: [SSLMode.prefer, .require], Face.allCases)
    func anErrorInsteadOfAnAnswerToTheRequestForTLSIsNotShown(_ sslmode: SSLMode, _ face: Face) async throws {
        let spoofed = ServerError(severity: "FATAL", message: "\u{1B}]0;call this number")
        let server = try ScriptedServer([.receiveStartup, .messages([.errorResponse(.init(spoofed))]), .receiveToEnd])
        let error = await failure { try await Client.connect(configuration(server, sslmode: sslmode), face) }
        #expect(error?.code == .protocolViolation)
        #expect(error.map { !"\($0)".contains("call this number") } == true)
        #expect(server.waitUntilFinished())
        #expect(server.connections == 1, "no retry in the clear")
    }

    @Test(arguments: Face.allCases)
    func withoutTLSOnlyPreferGoesOn(_ face: Face) async throws {
        let refusing: [ScriptedServer.Step] = [.receiveStartup, .send(bytes: [UInt8(ascii: "N")])]
        let server = try ScriptedServer(refusing + ScriptedServer.acceptingSession + [.receiveToEnd])
        let client = try await Client.connect(configuration(server, sslmode: .prefer), face)
        #expect(client.connection.tls == nil)
        client.connection.close()
        #expect(server.waitUntilFinished())
        #expect(server.connections == 1, "on the same socket")
        for sslmode in [SSLMode.require, .verifyFull] {
            let error = await failure { try await Client.connect(configuration(server, sslmode: sslmode), face) }
            #expect(error?.code == .tls)
            #expect(error?.message.contains(sslmode.rawValue) == true)
        }
    }

    @Test(arguments: Face.allCases)
    func aBrokenHandshakeFallsBackInPreferOnly(_ face: Face) async throws {
        let broken: [ScriptedServer.Step] = [
            .receiveStartup, .send(bytes: [UInt8(ascii: "S")]), .receiveBytes(5),
            .send(bytes: [0x15, 3, 3, 0, 2, 2, 40]), .receiveToEnd,
        ]
        let server = try ScriptedServer(connections: [
            broken, ScriptedServer.acceptingSession + [.receiveToEnd], broken,
        ])
        let client = try await Client.connect(configuration(server, sslmode: .prefer), face)
        #expect(client.connection.tls == nil)
        #expect(server.connections == 2)
        let error = await failure { try await Client.connect(configuration(server, sslmode: .require), face) }
        #expect(error?.code == .tls)
        #expect(server.connections == 3)
        client.connection.close()
    }

    // MARK: - Authentication

    @Test(arguments: Face.allCases)
    func beingLetInWithoutScramIsRefusedWhenAPasswordIsSet(_ face: Face) async throws {
        let server = try ScriptedServer(ScriptedServer.acceptingSession + [.receiveToEnd])
        let error = await failure { try await Client.connect(configuration(server, password: "secret"), face) }
        #expect(error?.code == .authenticationFailed)
        #expect(error.map { !"\($0)".contains("secret") } == true)
        #expect(server.waitUntilFinished())
        #expect(try await Client.connect(configuration(server), face).connection.isUsable, "without one it is trust")
    }

    @Test(arguments: Face.allCases)
    func theServerMustProveItself(_ face: Face) async throws {
        let mechanisms = BackendMessage.authentication(.sasl(mechanisms: ["SCRAM-SHA-256"]))
        let ok = BackendMessage.authentication(.ok)
        let scripts: [[ScriptedServer.Step]] = [
            [.receiveStartup, .messages([mechanisms, ok])],
            [.receiveStartup, .messages([mechanisms]), .receive(MessageType.password), .messages([ok])],
            [
                .receiveStartup, .messages([mechanisms]), .receive(MessageType.password),
                .messages([.authentication(.saslContinue(Array("r=other,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096".utf8)))]),
            ],
            [
                .receiveStartup, .messages([mechanisms]), .receive(MessageType.password),
                .messages([.authentication(.saslFinal(Array("v=AAAA".utf8)))]),
            ],
            [.receiveStartup, .messages([.authentication(.sasl(mechanisms: ["SCRAM-SHA-512", "OAUTHBEARER"]))])],
            [.receiveStartup, .messages([.authentication(.gss)])],
            [.receiveStartup, .messages([.authentication(.kerberosV5)])],
        ]
        for (index, script) in scripts.enumerated() {
            let server = try ScriptedServer(script + [.receiveToEnd])
            let error = await failure { try await Client.connect(configuration(server, password: "secret"), face) }
            let codes: [PostgresError.Code] = [.authenticationFailed, .protocolViolation, .unsupported]
            #expect(error.map { codes.contains($0.code) } == true, "\(index): \(String(describing: error))")
            #expect(server.waitUntilFinished())
            #expect(server.connections == 1)
        }
    }

    // MARK: - In a session

    private func session(_ answer: [ScriptedServer.Step], _ face: Face) async throws -> (Client, ScriptedServer) {
        let server = try ScriptedServer(
            ScriptedServer.acceptingSession + [.receiveUntil(MessageType.flush)] + answer + [.receiveToEnd])
        return (try await Client.connect(configuration(server), face), server)
    }

    private static let described: [BackendMessage] = [
        .parseComplete, .parameterDescription(.init(types: [])),
        .rowDescription(
            .init(columns: [
                ColumnDescription(name: "a", typeOID: .int4), ColumnDescription(name: "b", typeOID: .int4),
                ColumnDescription(name: "c", typeOID: .int4),
            ])),
    ]

    private static func answer(_ messages: [BackendMessage]) -> [ScriptedServer.Step] {
        [.messages(described), .receiveUntil(MessageType.sync), .messages([.bindComplete] + messages)]
    }

    @Test(arguments: [0, 2, 4, 100], Face.allCases)
    func rowsWithOtherColumnsEndTheConnection(_ count: Int, _ face: Face) async throws {
        let row = BackendMessage.dataRow(.init(values: Array(repeating: [0, 0, 0, 1], count: count)))
        let end: [BackendMessage] = [.commandComplete(.init(tag: "SELECT 1")), .readyForQuery(.init(.idle))]
        let (client, server) = try await session(BadPeerTests.answer([row] + end), face)
        let error = await failure { try await client.query("SELECT a, b, c FROM t") }
        #expect(error?.code == .protocolViolation)
        #expect(!client.connection.isUsable)
        #expect(server.waitUntilFinished())

        let (other, otherServer) = try await session(BadPeerTests.answer([row] + end), face)
        defer { withExtendedLifetime(otherServer) {} }
        let tuples = await failure { try await other.query("SELECT a, b, c FROM t", as: (Int32, Int32, Int32).self) }
        #expect(tuples?.code == .protocolViolation)
        #expect(!other.connection.isUsable)
    }

    @Test(arguments: Face.allCases)
    func fieldsThatDoNotFitTheirRowAreErrors(_ face: Face) async throws {
        for length in [Int32.min, -2, 5, 100, .max] {
            var row = WireWriter()
            row.message(MessageType.dataRow) { writer in
                writer.write(count: 3)
                for _ in 0..<2 { writer.lengthPrefixed { $0.write(Int32(7)) } }
                writer.write(length)
                writer.write(Int32(7))
            }
            var end = WireWriter()
            BackendMessage.commandComplete(.init(tag: "SELECT 1")).encode(into: &end)
            BackendMessage.readyForQuery(.init(.idle)).encode(into: &end)
            let answer: [ScriptedServer.Step] = BadPeerTests.answer([]) + [.send(bytes: row.bytes + end.bytes)]
            let (client, server) = try await session(answer, face)
            defer { withExtendedLifetime(server) {} }
            let rows = try await client.query("SELECT a, b, c FROM t")
            #expect(try rows[0].decode(1, as: Int32.self) == 7)
            #expect(await failure { try rows[0].decode(2, as: Int32.self) }?.code == .decodingFailed)
            #expect(await failure { try rows[0]["c"] }?.code == .decodingFailed)
            _ = rows[0].description
            let (other, otherServer) = try await session(answer, face)
            defer { withExtendedLifetime(otherServer) {} }
            let error = await failure { try await other.query("SELECT a, b, c FROM t", as: (Int32, Int32, Int32).self) }
            #expect(error?.code == .decodingFailed)
        }
    }

    @Test(arguments: Face.allCases)
    func valuesThatAreNoUTF8AreRefused(_ face: Face) async throws {
        let bad: [UInt8] = [0x61, 0xFF, 0xFE]
        let described: [BackendMessage] = [
            .parseComplete, .parameterDescription(.init(types: [])),
            .rowDescription(
                .init(columns: [
                    ColumnDescription(name: "good", typeOID: .text), ColumnDescription(name: "bad", typeOID: .text),
                ])),
        ]
        let rows: [BackendMessage] = [
            .bindComplete, .dataRow(.init(values: [Array("ok".utf8), bad])), .commandComplete(.init(tag: "SELECT 1")),
            .readyForQuery(.init(.idle)),
        ]
        var error = WireWriter()
        error.message(MessageType.errorResponse) { writer in
            for (field, text) in [("S", Array("ERROR".utf8)), ("C", Array("22000".utf8)), ("M", bad)] {
                writer.write(bytes: Array(field.utf8) + text + [0])
            }
            writer.write(UInt8(0))
        }
        BackendMessage.readyForQuery(.init(.idle)).encode(into: &error)
        let (client, server) = try await session(
            [
                .messages(described), .receiveUntil(MessageType.sync), .messages(rows),
                .receiveUntil(MessageType.sync), .messages(rows), .receiveUntil(MessageType.query),
                .send(bytes: error.bytes),
            ], face)
        defer { withExtendedLifetime(server) {} }
        let sql: SQL = "SELECT good, bad FROM t"
        let row = try await client.query(sql)[0]
        #expect(try row.decode("good", as: String.self) == "ok")
        #expect(await failure { try row.decode("bad", as: String.self) }?.code == .decodingFailed)
        #expect(await failure { try await client.query(sql, as: (String, String).self) }?.code == .decodingFailed)
        #expect(client.connection.isUsable)
        // What the server says is repaired: it must not hide the error.
        let said = await failure { try await client.simpleQuery("SELECT 1") }
        #expect(said?.sqlState?.rawValue == "22000")
        #expect(said?.message.hasPrefix("a") == true)
        #expect(client.connection.isUsable)
    }

    @Test(arguments: Face.allCases)
    func unexpectedTypesEndTheConnection(_ face: Face) async throws {
        for type in UInt8.min ... .max where !"1NSAE".utf8.contains(type) {
            let (client, server) = try await session([.send(bytes: [type, 0, 0, 0, 4])], face)
            let error = await failure { try await client.query("SELECT 1") }
            #expect(error?.code == .protocolViolation, "type \(type)")
            #expect(!client.connection.isUsable)
            #expect(server.waitUntilFinished())
        }
    }

    @Test(arguments: Face.allCases)
    func aServerThatClosesInTheMiddleOfARow(_ face: Face) async throws {
        var row = WireWriter()
        BackendMessage.dataRow(.init(values: Array(repeating: [0, 0, 0, 1], count: 3))).encode(into: &row)
        for count in [0, 1, 5, 10, row.bytes.count] {
            let (client, server) = try await session(
                BadPeerTests.answer([]) + [.send(bytes: Array(row.bytes.prefix(count))), .close], face)
            defer { withExtendedLifetime(server) {} }
            let error = await failure { try await client.query("UPDATE t SET a = 1 RETURNING a, b, c") }
            #expect(error?.code == .outcomeUnknown)
            #expect(error?.isSafeToRetry == false)
            #expect(!client.connection.isUsable)
        }
        // Before anything was executed it is safe.
        let (client, server) = try await session([.close], face)
        defer { withExtendedLifetime(server) {} }
        let error = await failure { try await client.query("UPDATE t SET a = 1") }
        #expect(error?.code == .connectionLost)
        #expect(error?.isSafeToRetry == true)
    }

    @Test(arguments: Face.allCases)
    func anAnswerByteByByteIsAnAnswer(_ face: Face) async throws {
        var writer = WireWriter()
        for message in BadPeerTests.described { message.encode(into: &writer) }
        var rows = WireWriter()
        BackendMessage.bindComplete.encode(into: &rows)
        for number in 0..<20 as Range<UInt8> {
            BackendMessage.noticeResponse(.init(ServerError(severity: "NOTICE", message: "between"))).encode(
                into: &rows)
            BackendMessage.dataRow(.init(values: [[0, 0, 0, number], nil, [1, 0, 0, 0]])).encode(into: &rows)
            BackendMessage.parameterStatus(.init(name: "TimeZone", value: "UTC\(number)")).encode(into: &rows)
        }
        BackendMessage.commandComplete(.init(tag: "SELECT 20")).encode(into: &rows)
        BackendMessage.readyForQuery(.init(.idle)).encode(into: &rows)
        let (client, server) = try await session(
            [.trickle(bytes: writer.bytes), .receiveUntil(MessageType.sync), .trickle(bytes: rows.bytes)], face)
        defer { withExtendedLifetime(server) {} }
        let values = try await client.query("SELECT a, b, c FROM t", as: (Int32, Int32?, Int32).self)
        #expect(values.map(\.0) == Array(0..<20))
        #expect(values.allSatisfy { $0.1 == nil && $0.2 == 1 << 24 })
        #expect(client.connection.parameters["TimeZone"] == "UTC19")
    }

    @Test(arguments: Face.allCases)
    func fatalErrorsAreReportedEvenSeveral(_ face: Face) async throws {
        let fatal = ServerError(severity: "FATAL", sqlState: .adminShutdown, message: "going down")
        let (client, server) = try await session(
            [
                .messages([.errorResponse(.init(fatal)), .errorResponse(.init(fatal)), .errorResponse(.init(fatal))]),
                .close,
            ],
            face)
        defer { withExtendedLifetime(server) {} }
        let error = await failure { try await client.query("SELECT 1") }
        #expect(error?.sqlState == .adminShutdown)
        #expect(!client.connection.isUsable)
    }

    @Test(arguments: Face.allCases)
    func aPromiseOfAGigabyteCostsNothing(_ face: Face) async throws {
        var header = WireWriter()
        header.write(MessageType.dataRow)
        header.write(Int32((1 << 30) - 1))
        let (client, server) = try await session(
            BadPeerTests.answer([]) + [.send(bytes: header.bytes), .pause(milliseconds: 50), .close], face)
        defer { withExtendedLifetime(server) {} }
        let error = await failure { try await client.query("SELECT a, b, c FROM t") }
        #expect(error?.code == .outcomeUnknown)
    }
}
