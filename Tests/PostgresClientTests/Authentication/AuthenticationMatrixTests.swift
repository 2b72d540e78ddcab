import ManticoreTesting
import PostgresClient
import Testing

@testable import PostgresWire

/// Every way to authenticate against real servers, with every setting that allows or refuses it; the cases of
/// PostgreSQL's own tests 001_password and 002_scram and those of our own policy.
@Suite(.ownThread) struct AuthenticationMatrixTests {
    private typealias Role = AuthenticationServer.Role

    /// Connects and returns the way that was taken, or the error.
    private func outcome(
        _ configuration: ConnectionConfiguration, _ face: Face
    ) async throws -> (method: String?, error: PostgresError?) {
        do throws(PostgresError) {
            let client = try await Client.connect(configuration, face)
            defer { client.connection.close() }
            return (client.connection.authentication, nil)
        } catch {
            #expect(!"\(error) \(String(reflecting: error))".contains(AuthenticationServer.password))
            return (nil, error)
        }
    }

    // Guard: Sources/PostgresWire/Authentication/AuthenticationExchange.swift: `requirement.allows(.none)`
    // Guard: Sources/PostgresWire/Authentication/AuthenticationExchange.swift: `guard requirement.allows(method)`
    // Guard: Sources/PostgresWire/Authentication/AuthenticationExchange.swift: `let isSCRAMAllowed`
    // Guard: Sources/PostgresClient/Configuration/ConnectionConfiguration+Credentials.swift: `policy.requirement = `
    @Test(arguments: AuthenticationServer.majors, Face.allCases)
    func requiredAuthentication(_ major: Int, _ face: Face) async throws {
        let table: [(Role, method: String, allowed: [String], refused: [String])] = [
            (
                .trusting, "none",
                ["none", "none,scram-sha-256", "!gss", "!password", "!md5", "!scram-sha-256", "!password,!md5"],
                ["gss", "sspi", "password", "md5", "scram-sha-256", "oauth", "password,scram-sha-256", "!none"]
            ),
            (
                .plain, "password", ["password", "scram-sha-256,password,md5", "!md5", "!none", "!scram-sha-256"],
                ["!password", "none", "gss", "sspi", "md5", "scram-sha-256", "scram-sha-256,md5", "!password,!none"]
            ),
            (
                .hashed, "md5", ["md5", "md5,scram-sha-256,password", "!password", "!none"],
                ["!md5", "none", "gss", "password", "scram-sha-256", "password,scram-sha-256"]
            ),
            (
                .upgraded, "scram-sha-256", ["scram-sha-256", "md5,scram-sha-256", "!md5"],
                ["md5", "password", "none", "!scram-sha-256"]
            ),
            (
                .scrammed, "scram-sha-256",
                ["scram-sha-256", "password,scram-sha-256,md5", "!password", "!none", "!md5,!password,!none"],
                ["!scram-sha-256", "none", "gss", "password", "md5", "password,md5", "oauth", "!none,!scram-sha-256"]
            ),
        ]
        for (role, method, allowed, refused) in table {
            for (lists, isAllowed) in [(allowed, true), (refused, false)] {
                for list in lists {
                    var configuration = try AuthenticationServer.configuration(major, role.rawValue)
                    configuration.requiredAuthentication = try AuthenticationRequirement(parsing: list)
                    let (found, error) = try await outcome(configuration, face)
                    #expect(found == (isAllowed ? method : nil), "\(role), \(list)")
                    if !isAllowed {
                        #expect(error?.code == .authenticationFailed, "\(role), \(list)")
                        #expect(error?.message.contains("require_auth") == true, "\(role), \(list)")
                    }
                }
            }
        }
    }

    // Guard: Sources/PostgresWire/Authentication/AuthenticationExchange.swift: `!credentials.areConfigured || policy.i`
    // Guard: Sources/PostgresWire/Authentication/AuthenticationExchange.swift: `!policy.isChannelTrusted, !policy.isUn`
    @Test(arguments: AuthenticationServer.majors, Face.allCases)
    func thePolicyWhereNothingIsSet(_ major: Int, _ face: Face) async throws {
        typealias Channel = AuthenticationServer.Channel
        let cases: [(Role, [Channel], method: String?)] = [
            (.scrammed, [.loopback, .verified, .elsewhere, .unverified], "scram-sha-256"),
            (.upgraded, [.elsewhere], "scram-sha-256"),
            (.plain, [.loopback, .verified], "password"),
            (.hashed, [.loopback, .verified], "md5"),
            (.plain, [.elsewhere, .unverified], nil),
            (.hashed, [.elsewhere, .unverified], nil),
            (.trusting, [.loopback, .verified, .elsewhere, .unverified], nil),
        ]
        for (role, channels, method) in cases {
            for channel in channels {
                let configuration = try AuthenticationServer.configuration(major, role.rawValue, channel)
                let (found, error) = try await outcome(configuration, face)
                #expect(found == method, "\(role), \(channel): \(String(describing: error))")
                if method == nil { #expect(error?.code == .authenticationFailed) }
            }
        }
        // Who has no password configured expects to be let in by trust, by the system's user or by a certificate.
        for channel in [Channel.loopback, .verified, .elsewhere] {
            let open = try AuthenticationServer.configuration(major, "trusting", channel, password: nil)
            #expect(try await outcome(open, face).method == "none")
        }
        var socket = try ConnectionConfiguration.resolve(
            connectionString: AuthenticationServer.server(major).socketURL, user: "scrammed", environment: [:])
        socket.password = Secret("needed by nobody here")
        #expect(try await outcome(socket, face).method == "none")
        // What was refused can be allowed.
        for (role, list) in [(Role.plain, "password"), (.hashed, "md5"), (.trusting, "none")] {
            var opted = try AuthenticationServer.configuration(major, role.rawValue, .elsewhere)
            opted.requiredAuthentication = try AuthenticationRequirement(parsing: list)
            #expect(try await outcome(opted, face).method == list)
        }
    }

    // Guard: Sources/PostgresWire/Authentication/AuthenticationExchange.swift: `try checkBindingNotRequired()`
    // Guard: Sources/PostgresWire/Authentication/AuthenticationExchange.swift: `checkUnasked`
    // Guard: Sources/PostgresWire/Authentication/AuthenticationExchange.swift: `checkMayReveal`
    // Guard: Sources/PostgresWire/Authentication/AuthenticationExchange.swift: `chooseBinding`
    @Test(arguments: AuthenticationServer.majors, Face.allCases)
    func channelBinding(_ major: Int, _ face: Face) async throws {
        for mode in [ChannelBindingMode.disable, .prefer, .require] {
            for requirement in [nil, "scram-sha-256"] {
                var configuration = try AuthenticationServer.configuration(major, "scrammed", .verified)
                configuration.channelBinding = mode
                configuration.requiredAuthentication = try requirement.map { try .init(parsing: $0) }
                #expect(try await outcome(configuration, face).method == "scram-sha-256")
            }
        }
        for (role, list) in [
            (Role.plain, "password"), (.hashed, "md5"), (.trusting, "none"), (.scrammed, "password"),
            (.plain, "scram-sha-256"),
        ] {
            for requirement in [nil, list] where role != .scrammed || requirement != nil {
                var configuration = try AuthenticationServer.configuration(major, role.rawValue, .verified)
                configuration.channelBinding = .require
                configuration.requiredAuthentication = try requirement.map { try .init(parsing: $0) }
                let (method, error) = try await outcome(configuration, face)
                #expect(method == nil && error?.code == .authenticationFailed, "\(role), \(requirement ?? "")")
            }
        }
        var plain = try AuthenticationServer.configuration(major, "scrammed", .loopback)
        plain.channelBinding = .require
        let (method, error) = try await outcome(plain, face)
        #expect(method == nil && error?.message.contains("channel_binding") == true)
        // Without a password there is no binding either, whoever lets us in.
        var trusting = try AuthenticationServer.configuration(major, "trusting", .verified, password: nil)
        trusting.channelBinding = .require
        #expect(try await outcome(trusting, face).error?.code == .authenticationFailed)
    }

    // Guard: Sources/PostgresClient/Configuration/ConnectionConfiguration+Credentials.swift: `policy.maximumIterations`
    @Test(arguments: AuthenticationServer.majors, Face.allCases)
    func theCapOfIterations(_ major: Int, _ face: Face) async throws {
        var configuration = try AuthenticationServer.configuration(major, "scrammed")
        configuration.maximumSCRAMIterations = 4095
        let (_, error) = try await outcome(configuration, face)
        #expect(error?.code == .authenticationFailed)
        #expect(error?.message.contains("4095") == true)
        #expect(configuration.scramKeys.derivations == 0)
        configuration.maximumSCRAMIterations = 4096
        #expect(try await outcome(configuration, face).method == "scram-sha-256")
    }

    // Guard: Sources/PostgresClient/Configuration/ConnectionConfiguration+Credentials.swift: `policy.minimumIterations`
    @Test(arguments: AuthenticationServer.majors, Face.allCases)
    func theFewestIterations(_ major: Int, _ face: Face) async throws {
        var configuration = try AuthenticationServer.configuration(major, "scrammed")
        configuration.minimumSCRAMIterations = 4097
        let (_, error) = try await outcome(configuration, face)
        #expect(error?.code == .authenticationFailed)
        #expect(error?.message.contains("4097") == true)
        #expect(configuration.scramKeys.derivations == 0)
        configuration.minimumSCRAMIterations = 4096
        #expect(try await outcome(configuration, face).method == "scram-sha-256")
    }

    // Guard: Sources/PostgresClient/Configuration/ConnectionConfiguration+Credentials.swift: `credentials.keys =`
    @Test(arguments: AuthenticationServer.majors, Face.allCases)
    func keysInPlaceOfThePassword(_ major: Int, _ face: Face) async throws {
        let superuser = try await AuthenticationServer.superuser(major)
        defer { superuser.close() }
        let stored = try await superuser.query(
            "SELECT rolpassword FROM pg_catalog.pg_authid WHERE rolname = 'scrammed'", as: String.self)
        let fields = try #require(stored.first).split { $0 == "$" || $0 == ":" }
        let request = SaltedPasswordRequest(
            password: Secret(AuthenticationServer.password), salt: try #require(Base64.decode(Array(fields[2].utf8))),
            iterations: try #require(Int(fields[1])))
        let keys = try SCRAMKeys(saltedPassword: try request.saltedPassword())
        var configuration = try AuthenticationServer.configuration(major, "scrammed", .verified, password: nil)
        configuration.scramClientKey = keys.clientKey
        configuration.scramServerKey = keys.serverKey
        #expect(try await outcome(configuration, face).method == "scram-sha-256")
        #expect(configuration.scramKeys.derivations == 0)
        configuration.scramServerKey = keys.clientKey
        let mutual = try await outcome(configuration, face).error
        #expect(mutual?.code == .authenticationFailed && mutual?.message.contains("signature") == true)
        configuration.scramServerKey = nil
        #expect(try await outcome(configuration, face).error?.code == .invalidConfiguration)
        (configuration.scramClientKey, configuration.scramServerKey) = (nil, keys.serverKey)
        #expect(try await outcome(configuration, face).error?.code == .invalidConfiguration)
    }

    // A password is never sent empty.
    // Guard: Sources/PostgresWire/Authentication/AuthenticationCredentials.swift: `$0.isEmpty ? nil : $0`
    @Test(arguments: AuthenticationServer.majors, Face.allCases)
    func missingAndWrongPasswords(_ major: Int, _ face: Face) async throws {
        for role in [Role.plain, .hashed, .scrammed] {
            for password in [nil, ""] {
                let configuration = try AuthenticationServer.configuration(major, role.rawValue, password: password)
                let (_, error) = try await outcome(configuration, face)
                #expect(error?.code == .authenticationFailed)
                #expect(error?.message.contains("none is configured") == true)
            }
            let wrong = try AuthenticationServer.configuration(major, role.rawValue, password: "wrong")
            let (_, error) = try await outcome(wrong, face)
            #expect(error?.sqlState == .invalidPassword)
        }
    }
}
