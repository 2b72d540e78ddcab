import ManticoreTesting
import PostgresClient
import PostgresWire
import Testing

/// One try to connect to a scripted server that is not honest, and what came of it.
struct Encounter {
    /// The password that no dishonest server may learn anything of.
    static let password = "correct-horse-9"
    /// Words of the server that nobody may get to see, with a terminal's escape before them.
    static let spoof = "\u{1B}]0;call this number"

    let servers: [ScriptedServer]
    let error: PostgresError?
    let client: Client?

    var server: ScriptedServer { servers[0] }

    /// Connects to a server whose connections all run this script.
    init(
        _ script: [ScriptedServer.Step], _ face: Face, sslmode: SSLMode = .disable,
        password: String? = Encounter.password, change: (inout ConnectionConfiguration) -> Void = { _ in }
    ) async throws {
        try await self.init(
            [ScriptedServer(script)], face, sslmode: sslmode, password: password, change: change)
    }

    /// Connects to some servers, of which the first is the only host unless `change` names more.
    init(
        _ servers: [ScriptedServer], _ face: Face, sslmode: SSLMode = .disable,
        password: String? = Encounter.password, change: (inout ConnectionConfiguration) -> Void = { _ in }
    ) async throws {
        self.servers = servers
        let configuration = try Encounter.configuration(
            servers[0], sslmode: sslmode, password: password, change: change)
        do throws(PostgresError) {
            client = try await Client.connect(configuration, face)
            error = nil
        } catch {
            client = nil
            self.error = error
        }
    }

    static func configuration(
        _ server: ScriptedServer, sslmode: SSLMode = .disable, password: String? = Encounter.password,
        change: (inout ConnectionConfiguration) -> Void = { _ in }
    ) throws -> ConnectionConfiguration {
        var configuration = try ConnectionConfiguration.resolve(
            host: server.host, port: server.port, user: "app", password: password, database: "app", sslmode: sslmode,
            connectTimeout: .seconds(20), environment: [:])
        change(&configuration)
        return configuration
    }

    /// What the client said on a connection.
    func speech(on connection: Int = 0, of server: Int = 0) -> ClientSpeech {
        ClientSpeech(servers[server].received(on: connection))
    }

    /// The code of the error that ended it; nil, with a failed expectation, if the client was let in.
    func code(sourceLocation: Testing.SourceLocation = #_sourceLocation) -> PostgresError.Code? {
        if error == nil { Issue.record("the client let itself be taken in", sourceLocation: sourceLocation) }
        return error?.code
    }

    /// Waits for every connection's end and expects the scripts to have gone as they were written.
    func expectAsScripted(sourceLocation: Testing.SourceLocation = #_sourceLocation) {
        for server in servers {
            for connection in 0..<server.connections {
                #expect(server.waitUntilFinished(connection), sourceLocation: sourceLocation)
                #expect(server.failure(on: connection) == nil, sourceLocation: sourceLocation)
            }
        }
    }

    /// Expects that nothing that depends on the password was sent, and that the error says neither the password nor
    /// anything in the server's words.
    func expectNothingLearnt(sourceLocation: Testing.SourceLocation = #_sourceLocation) {
        expectNoAnswer(sourceLocation: sourceLocation)
        expectDiscretion(sourceLocation: sourceLocation)
    }

    /// Expects that no answer to a question of authentication was sent.
    func expectNoAnswer(sourceLocation: Testing.SourceLocation = #_sourceLocation) {
        for (index, server) in servers.enumerated() {
            for connection in 0..<server.connections {
                _ = server.waitUntilFinished(connection)
                let speech = speech(on: connection, of: index)
                #expect(speech.messages.isEmpty, "no answer was due", sourceLocation: sourceLocation)
            }
        }
    }

    /// Expects that neither the password nor the server's words are in what can be printed of the error, and the
    /// password not in what was sent.
    func expectDiscretion(sourceLocation: Testing.SourceLocation = #_sourceLocation) {
        if let error {
            var dumped = ""
            dump(error, to: &dumped)
            for text in [error.message, "\(error)", String(reflecting: error), dumped] {
                #expect(!text.contains(Encounter.password), sourceLocation: sourceLocation)
                #expect(!text.contains("call this number"), sourceLocation: sourceLocation)
                #expect(!text.contains("\u{1B}"), sourceLocation: sourceLocation)
            }
        }
        for server in servers {
            for connection in 0..<server.connections {
                let received = String(decoding: server.received(on: connection), as: UTF8.self)
                #expect(!received.contains(Encounter.password), sourceLocation: sourceLocation)
            }
        }
    }
}
