import ManticoreTesting
import PostgresClient
import PostgresWire
import Testing

/// OAUTHBEARER over a connection. No server of ours can check a token: PostgreSQL 18 needs a validator module for it.
@Suite(.ownThread) struct TokenTests {
    private static let offer = ScriptedServer.Step.messages([
        .authentication(.sasl(mechanisms: ["OAUTHBEARER"]))
    ])

    private func configuration(
        _ server: ScriptedServer, token: String = "eyJhbGciOi.abc-_~+/==", timeout: Duration = .seconds(10)
    ) throws -> ConnectionConfiguration {
        var configuration = try ConnectionConfiguration.resolve(
            host: server.host, port: server.port, user: "app", database: "app", sslmode: .disable,
            connectTimeout: timeout, environment: [:])
        configuration.tokenProvider = CredentialProvider { _ in Secret(token) }
        return configuration
    }

    private func contains(_ bytes: [UInt8], _ text: String) -> Bool {
        String(decoding: bytes, as: UTF8.self).contains(text)
    }

    // Guard: Sources/PostgresClient/Connecting/StartupOperation.swift: `try ask(.token,`
    // Guard: Sources/PostgresWire/Authentication/AuthenticationExchange.swift: `case (.ok, .tokenSent):`
    @Test(arguments: Face.allCases)
    func accepted(_ face: Face) async throws {
        let server = try ScriptedServer(
            [.receiveStartup, Self.offer, .receive(UInt8(ascii: "p"))] + ScriptedServer.acceptingSession.dropFirst()
                + [.receiveToEnd])
        let client = try await Client.connect(configuration(server), face)
        #expect(client.connection.authentication == "oauth")
        client.connection.close()
        #expect(server.waitUntilFinished())
        #expect(server.failure() == nil)
        #expect(contains(server.received(), "OAUTHBEARER\0"))
        #expect(contains(server.received(), "n,,\u{1}auth=Bearer eyJhbGciOi.abc-_~+/==\u{1}\u{1}"))
    }

    // Guard: Sources/PostgresClient/Connecting/StartupOperation.swift: `oauth: configuration.oauth`
    @Test(arguments: Face.allCases)
    func theProviderIsToldOfTheIssuer(_ face: Face) async throws {
        let server = try ScriptedServer([.receiveStartup, Self.offer, .receiveToEnd])
        var configuration = try ConnectionConfiguration.resolve(
            connectionString: "host=127.0.0.1 port=\(server.port) user=app dbname=app sslmode=disable "
                + "oauth_issuer=https://id.example oauth_client_id=bank oauth_client_secret=hush oauth_scope='a b'",
            environment: [:])
        let asked = Guarded<CredentialProvider.Request?>(nil)
        configuration.tokenProvider = CredentialProvider { request in
            asked.withLock { $0 = request }
            throw PostgresError(.invalidArgument, "enough")
        }
        let connecting = configuration
        #expect(await failure { try await Client.connect(connecting, face) }?.message.contains("enough") == true)
        let request = try #require(asked.value)
        #expect(request.oauth.issuer == "https://id.example")
        #expect(request.oauth.clientID == "bank")
        #expect(request.oauth.scope == "a b")
        #expect(request.oauth.clientSecret?.count == 4)
        var text = ""
        dump(request, to: &text)
        #expect(!text.contains("hush"))
    }

    // Guard: Sources/PostgresClient/Connecting/StartupOperation.swift: `exchange?.tokenRefusal`
    @Test(arguments: [true, false], Face.allCases)
    func refused(_ says: Bool, _ face: Face) async throws {
        let json = #"{"status":"invalid_token","scope":"db\u001b[2J"}"#
        let fatal = ServerError(
            severity: "FATAL", sqlState: SQLState(rawValue: "28000"), message: "OAuth bearer authentication failed")
        let server = try ScriptedServer(
            [
                .receiveStartup, Self.offer, .receive(UInt8(ascii: "p")),
                .messages([.authentication(.saslContinue(Array(json.utf8)))]), .receive(UInt8(ascii: "p")),
            ] + (says ? [.messages([.errorResponse(.init(fatal))]), .receiveToEnd] : [.close]))
        let error = await failure { try await Client.connect(configuration(server), face) }
        #expect(error?.code == .authenticationFailed)
        #expect(error?.message.contains("invalid_token") == true)
        #expect(error.map { "\($0)".unicodeScalars.contains("\u{1b}") } == false)
        #expect(error?.sqlState == (says ? SQLState(rawValue: "28000") : nil))
        #expect(server.waitUntilFinished())
        // The acknowledgement, and nothing else behind the token.
        #expect(server.received().suffix(6) == [UInt8(ascii: "p"), 0, 0, 0, 5, 1])
    }

    // Guard: Sources/PostgresWire/Authentication/BearerToken.swift: `guard !body.isEmpty, body.allSatisfy(isAllowed)`
    @Test(arguments: Face.allCases)
    func nothingIsSentOfWhatIsNoToken(_ face: Face) async throws {
        let server = try ScriptedServer([.receiveStartup, Self.offer, .receiveToEnd])
        let configuration = try configuration(server, token: "a\u{1}host=evil")
        let error = await failure { try await Client.connect(configuration, face) }
        #expect(error?.code == .authenticationFailed)
        #expect(error.map { "\($0)".contains("evil") } == false)
        #expect(server.waitUntilFinished())
        #expect(!contains(server.received(), "OAUTHBEARER"))
    }

    // Guard: Sources/PostgresWire/Authentication/AuthenticationExchange.swift: `guard policy.isChannelTrusted || polic`
    @Test(arguments: Face.allCases)
    func noTokenForAnUntrustedChannel(_ face: Face) async throws {
        let server = try ScriptedServer([.receiveStartup, Self.offer, .receiveToEnd])
        let asked = Guarded(false)
        var configuration = try configuration(server)
        configuration.host.name = "db.example"
        configuration.host.address = "127.0.0.1"
        configuration.requiredAuthentication = try .init(parsing: "oauth")
        configuration.tokenProvider = CredentialProvider { _ in
            asked.withLock { $0 = true }
            return Secret("token")
        }
        #expect(await failure { try await Client.connect(configuration, face) }?.code == .authenticationFailed)
        #expect(!asked.value)
        #expect(server.waitUntilFinished())
    }

    // Guard: Sources/PostgresClient/Connecting/StartupOperation.swift: `.wait(inquiry.wait(until: deadline))`
    @Test(arguments: Face.allCases)
    func theDeadlineEndsTheWaitForAToken(_ face: Face) async throws {
        let server = try ScriptedServer([.receiveStartup, Self.offer, .receiveToEnd])
        var configuration = try configuration(server, timeout: .milliseconds(300))
        configuration.tokenProvider = CredentialProvider { _ async throws -> Secret in
            try await Task.sleep(for: .seconds(600))
            return Secret("token")
        }
        let error = await failure { try await Client.connect(configuration, face) }
        #expect(error?.code == .timedOut)
        #expect(error?.message.contains("token provider") == true)
        #expect(server.waitUntilFinished())
    }
}
