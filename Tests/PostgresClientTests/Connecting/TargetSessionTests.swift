import ManticoreTesting
import PostgresWire
import Testing

@testable import PostgresClient

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// `target_session_attrs` with servers that report what they are, servers that must be asked, and real ones.
@Suite(.ownThread) struct TargetSessionTests {
    private static let goodbye: [UInt8] = [UInt8(ascii: "X"), 0, 0, 0, 4]

    private func reporting(standby: Bool, readOnly: Bool = false) throws -> ScriptedServer {
        try ScriptedServer(
            Connecting.session([
                ("in_hot_standby", standby ? "on" : "off"), ("default_transaction_read_only", readOnly ? "on" : "off"),
            ]) + [.receiveToEnd])
    }

    private static func row(_ name: String, _ value: String, _ type: PostgresOID) -> [BackendMessage] {
        [
            .rowDescription(.init(columns: [ColumnDescription(name: name, typeOID: type)])),
            .dataRow(.init(values: [Array(value.utf8)])), .commandComplete(.init(tag: "SHOW")),
            .readyForQuery(.init(.idle)),
        ]
    }

    private func answering(
        _ messages: [BackendMessage], reported: [(String, String)] = []
    ) throws -> ScriptedServer {
        try ScriptedServer(
            Connecting.session(reported) + [.receive(MessageType.query), .messages(messages), .receiveToEnd])
    }

    @Test(arguments: TargetSessionAttributes.allCases, Face.allCases)
    func theFirstServerOfTheKindIsTaken(_ target: TargetSessionAttributes, _ face: Face) async throws {
        let servers = [
            try reporting(standby: false, readOnly: true), try reporting(standby: true),
            try reporting(standby: false),
        ]
        var configuration = try Connecting.configuration(servers.map(\.port))
        configuration.targetSessionAttributes = target
        let wanted =
            switch target {
            case .any, .readOnly, .primary: 0
            case .standby, .preferStandby: 1
            case .readWrite: 2
            }
        let core = try await Connecting.connect(configuration, face)
        #expect(core.host == "127.0.0.1:\(servers[wanted].port)")
        for (index, server) in servers.enumerated() {
            #expect(server.connections == (index <= wanted ? 1 : 0))
            guard index < wanted else { continue }
            #expect(server.waitUntilFinished())
            #expect(server.received().suffix(5) == TargetSessionTests.goodbye[...], "politely")
        }
        core.close()
    }

    @Test(arguments: Face.allCases)
    func serversOfTheWrongKindAreListed(_ face: Face) async throws {
        let (primary, standby) = (try reporting(standby: false), try reporting(standby: true))
        var configuration = try Connecting.configuration([primary.port, 1])
        configuration.targetSessionAttributes = .standby
        let none = await failure { try await Connecting.connect(configuration, face) }
        #expect(none?.code == .connectionFailed)
        #expect(none?.message.contains("127.0.0.1:\(primary.port): the server is not in hot standby") == true)
        #expect(none?.message.contains("target_session_attrs=standby") == true)
        #expect(none?.message.contains("127.0.0.1:1: ") == true)
        configuration.hosts = [ServerHost("127.0.0.1", port: standby.port)]
        configuration.targetSessionAttributes = .readWrite
        let readOnly = await failure { try await Connecting.connect(configuration, face) }
        #expect(readOnly?.message.contains("the session is read-only") == true)
        #expect(readOnly?.host == "127.0.0.1:\(standby.port)")
    }

    @Test(arguments: Face.allCases)
    func preferStandbyTakesAnythingInTheEnd(_ face: Face) async throws {
        let (first, second) = (try reporting(standby: false), try reporting(standby: false, readOnly: true))
        var configuration = try Connecting.configuration([1, first.port, second.port])
        configuration.targetSessionAttributes = .preferStandby
        let core = try await Connecting.connect(configuration, face)
        #expect(core.host == "127.0.0.1:\(first.port)")
        #expect(first.connections == 2 && second.connections == 1)
        core.close()
    }

    @Test(arguments: Face.allCases)
    func whoDoesNotReportIsAsked(_ face: Face) async throws {
        let readOnly = { (value: String) in TargetSessionTests.row("transaction_read_only", value, .text) }
        let recovery = { (value: String) in TargetSessionTests.row("pg_is_in_recovery", value, .bool) }
        let cases: [(TargetSessionAttributes, [BackendMessage], [BackendMessage], String)] = [
            (.readWrite, readOnly("on"), readOnly("off"), "SHOW transaction_read_only"),
            (.readOnly, readOnly("off"), readOnly("on"), "SHOW transaction_read_only"),
            (.primary, recovery("t"), recovery("f"), "SELECT pg_catalog.pg_is_in_recovery()"),
            (.standby, recovery("f"), recovery("t"), "SELECT pg_catalog.pg_is_in_recovery()"),
            (.preferStandby, recovery("f"), recovery("t"), "SELECT pg_catalog.pg_is_in_recovery()"),
        ]
        for (target, wrong, right, question) in cases {
            let reported = [("crdb_version", "CockroachDB CCL v25.4.1")]
            let (other, server) = (try answering(wrong, reported: reported), try answering(right, reported: reported))
            var configuration = try Connecting.configuration([other.port, server.port])
            configuration.targetSessionAttributes = target
            let core = try await Connecting.connect(configuration, face)
            #expect(core.host == "127.0.0.1:\(server.port)", "\(target)")
            #expect(core.isSettled && core.isUsable)
            #expect(other.waitUntilFinished() && other.received().suffix(5) == TargetSessionTests.goodbye[...])
            #expect(String(decoding: server.received(), as: UTF8.self).contains(question))
            core.close()
        }
    }

    @Test(arguments: Face.allCases)
    func answersThatAreNoneLeadOn(_ face: Face) async throws {
        let failing = ServerError(severity: "ERROR", sqlState: .insufficientPrivilege, message: "not for you")
        let answers: [[BackendMessage]] = [
            [.errorResponse(.init(failing)), .readyForQuery(.init(.idle))],
            TargetSessionTests.row("transaction_read_only", "perhaps", .text),
            [.commandComplete(.init(tag: "SHOW")), .readyForQuery(.init(.idle))],
            [Connecting.refusal(.adminShutdown)],
        ]
        let server = try reporting(standby: false)
        for (index, answer) in answers.enumerated() {
            let odd = try answering(answer)
            var configuration = try Connecting.configuration([odd.port, server.port])
            configuration.targetSessionAttributes = .readWrite
            let core = try await Connecting.connect(configuration, face)
            #expect(core.host == "127.0.0.1:\(server.port)", "\(index)")
            core.close()
        }
        // Nor does silence last longer than any other part of connecting.
        let silent = try ScriptedServer(Connecting.session() + [.receiveToEnd])
        var configuration = try Connecting.configuration([silent.port], timeout: .milliseconds(300))
        configuration.targetSessionAttributes = .readWrite
        let error = await failure { try await Connecting.connect(configuration, face) }
        #expect(error?.code == .timedOut)
        #expect(silent.waitUntilFinished())
    }

    @Test(arguments: Face.allCases)
    func anEndlessAnswerEndsWithTheDeadline(_ face: Face) async throws {
        let rows = [BackendMessage](repeating: .dataRow(.init(values: [Array("on".utf8)])), count: 2000)
        let server = try ScriptedServer(
            Connecting.session() + [.receive(MessageType.query)]
                + [ScriptedServer.Step](repeating: .messages(rows), count: 5000))
        var configuration = try Connecting.configuration([server.port], timeout: .milliseconds(400))
        configuration.targetSessionAttributes = .readOnly
        let error = await failure { try await Connecting.connect(configuration, face) }
        #expect(error?.code == .timedOut || error?.code == .protocolViolation, "\(String(describing: error))")
        #expect(server.waitUntilFinished())
    }

    /// A server that was shut down in order and finds `standby.signal` is a hot standby, of nobody.
    @Test(arguments: Face.allCases)
    func aRealStandby(_ face: Face) async throws {
        let primary = try await EphemeralPostgres.start()
        let standby = try await EphemeralPostgres.start()
        let signal = standby.dataDirectory + "/standby.signal"
        let file = unsafe open(signal, O_CREAT | O_WRONLY, 0o666)
        try #require(file >= 0)
        _ = fchmod(file, 0o666)
        _ = close(file)
        try await standby.restart(.fast)
        var configuration = try TestServer.configuration(primary)
        configuration.hosts.append(ServerHost("127.0.0.1", port: standby.port))
        for order in [[primary.port, standby.port], [standby.port, primary.port]] {
            configuration.hosts = order.map { ServerHost("127.0.0.1", port: $0) }
            let expected: [TargetSessionAttributes: Int] = [
                .any: order[0], .readWrite: primary.port, .readOnly: standby.port, .primary: primary.port,
                .standby: standby.port, .preferStandby: standby.port,
            ]
            for (target, port) in expected {
                configuration.targetSessionAttributes = target
                let client = try await Client.connect(configuration, face)
                #expect(client.connection.host == "127.0.0.1:\(port)", "\(target)")
                client.connection.close()
            }
        }
        configuration.hosts = [ServerHost("127.0.0.1", port: primary.port)]
        configuration.targetSessionAttributes = .preferStandby
        #expect(try await Client.connect(configuration, face).answers())
        configuration.targetSessionAttributes = .standby
        #expect(await failure { try await Client.connect(configuration, face) }?.code == .connectionFailed)
        await standby.stop()
        await primary.stop()
    }

    @Test(arguments: EphemeralPostgres.installations(), Face.allCases)
    func realServers(_ installation: EphemeralPostgres.Installation, _ face: Face) async throws {
        let server = try await EphemeralPostgres.start(.init(binaries: installation.directory))
        let admin = try await Client.connect(TestServer.configuration(server, .socket), face)
        _ = try await admin.simpleQuery(
            "CREATE ROLE reader LOGIN PASSWORD 'r'; ALTER ROLE reader SET default_transaction_read_only = on")
        admin.connection.close()
        var configuration = try TestServer.configuration(server)
        let suitable: [String: Set<TargetSessionAttributes>] = [
            server.user: [.any, .readWrite, .primary, .preferStandby],
            "reader": [.any, .readOnly, .primary, .preferStandby],
        ]
        for (user, targets) in suitable {
            if user == "reader" { configuration.password = Secret("r") }
            configuration.user = user
            if user != "reader" { configuration.password = Secret(server.password) }
            for target in TargetSessionAttributes.allCases {
                configuration.targetSessionAttributes = target
                do throws(PostgresError) {
                    let client = try await Client.connect(configuration, face)
                    #expect(targets.contains(target), "\(user), \(target)")
                    #expect(try await client.answers())
                    client.connection.close()
                } catch {
                    #expect(
                        !targets.contains(target) && error.code == .connectionFailed, "\(user), \(target): \(error)")
                }
            }
        }
        await server.stop()
    }
}
