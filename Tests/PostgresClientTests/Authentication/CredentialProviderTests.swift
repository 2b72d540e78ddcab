import ManticoreTesting
import PostgresClient
import PostgresWire
import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Passwords that are found out when a server wants them.
@Suite(.ownThread) struct CredentialProviderTests {
    /// The two kinds of closure.
    enum Kind: CaseIterable, Sendable {
        case blocking
        case suspending

        func provider(
            _ body: @escaping @Sendable (CredentialProvider.Request) throws -> Secret
        ) -> CredentialProvider {
            switch self {
            case .blocking: CredentialProvider(body)
            case .suspending:
                CredentialProvider { request async throws -> Secret in
                    await Task.yield()
                    return try body(request)
                }
            }
        }
    }

    private struct VaultError: Error, CustomStringConvertible {
        let description = "the vault\nis sealed\u{1b}[2J"
    }

    // Guard: Sources/PostgresClient/Connecting/StartupOperation.swift: `try ask(.password,`
    @Test(arguments: Kind.allCases, Face.allCases)
    func oneQuestionForEachConnection(_ kind: Kind, _ face: Face) async throws {
        let asked = Guarded<[CredentialProvider.Request]>([])
        for role in ["scrammed", "plain", "hashed"] {
            var configuration = try AuthenticationServer.configuration(
                AuthenticationServer.major, role, password: "an old one")
            configuration.passwordProvider = kind.provider { request in
                asked.withLock { $0.append(request) }
                return Secret(AuthenticationServer.password)
            }
            for count in 1...2 {
                let client = try await Client.connect(configuration, face)
                #expect(try await client.answers())
                client.connection.close()
                #expect(asked.value.count == count)
            }
            let request = try #require(asked.value.first)
            #expect(request.user == role)
            #expect(request.database == configuration.database)
            #expect(request.host.port == configuration.host.port)
            asked.withLock { $0 = [] }
        }
    }

    // Guard: Sources/PostgresWire/Authentication/AuthenticationExchange.swift: `try checkMayReveal(.password)`
    // Guard: Sources/PostgresWire/Authentication/AuthenticationExchange.swift: `passwordOrAsk`
    @Test(arguments: Kind.allCases, Face.allCases)
    func noQuestionWhereItIsNotNeededOrNotAllowed(_ kind: Kind, _ face: Face) async throws {
        let asked = Guarded(0)
        let provider = kind.provider { _ in
            asked.withLock { $0 += 1 }
            return Secret(AuthenticationServer.password)
        }
        let major = AuthenticationServer.major
        var trusting = try AuthenticationServer.configuration(major, "trusting", password: nil)
        trusting.passwordProvider = provider
        // To have a provider is to have a password, so trust has to be allowed.
        #expect(await failure { try await Client.connect(trusting, face) }?.code == .authenticationFailed)
        trusting.requiredAuthentication = try .init(parsing: "none")
        #expect(try await Client.connect(trusting, face).answers())
        for role in ["plain", "hashed"] {
            var refused = try AuthenticationServer.configuration(major, role, .elsewhere)
            refused.passwordProvider = provider
            #expect(await failure { try await Client.connect(refused, face) }?.code == .authenticationFailed)
        }
        #expect(asked.value == 0)
    }

    // Guard: Sources/PostgresClient/Connecting/CredentialInquiry.swift: `$0 == .cancelled || $0 == .timedOut`
    // Guard: Sources/PostgresClient/Connecting/CredentialInquiry.swift: `generalCategory == .control`
    @Test(arguments: Kind.allCases, Face.allCases)
    func errorsOfTheProvider(_ kind: Kind, _ face: Face) async throws {
        var configuration = try TestServer.configuration(.tcp)
        configuration.passwordProvider = kind.provider { _ in throw VaultError() }
        let foreign = await failure { try await Client.connect(configuration, face) }
        #expect(foreign?.code == .authenticationFailed)
        for part in ["password provider", "VaultError", "the vault is sealed"] {
            #expect(foreign?.message.contains(part) == true, "\(foreign?.message ?? "")")
        }
        #expect(foreign?.message.unicodeScalars.contains("\u{1b}") == false)
        configuration.passwordProvider = kind.provider { _ in
            throw PostgresError(ServerError(severity: "ERROR", sqlState: .cannotConnectNow, message: "no such secret"))
        }
        let own = await failure { try await Client.connect(configuration, face) }
        #expect(own?.code == .authenticationFailed && own?.sqlState == nil)
        #expect(own?.message.contains("no such secret") == true)
        for code in [PostgresError.Code.cancelled, .timedOut] {
            configuration.passwordProvider = kind.provider { _ in throw PostgresError(code, "the vault is slow") }
            let early = await failure { try await Client.connect(configuration, face) }
            #expect(early?.code == code && early?.message.contains("the vault is slow") == true)
        }
        configuration.passwordProvider = kind.provider { _ in Secret("") }
        #expect(await failure { try await Client.connect(configuration, face) }?.code == .authenticationFailed)
        configuration.passwordProvider = kind.provider { _ in Secret("wrong") }
        #expect(await failure { try await Client.connect(configuration, face) }?.sqlState == .invalidPassword)
    }

    // Guard: Sources/PostgresClient/Connecting/StartupOperation.swift: `.wait(inquiry.wait(until: deadline))`
    @Test(arguments: Face.allCases)
    func theDeadlineEndsTheWaitForAThread(_ face: Face) async throws {
        var configuration = try TestServer.configuration(.tcp)
        configuration.connectTimeout = .milliseconds(300)
        let isOver = Guarded(false)
        configuration.passwordProvider = CredentialProvider { _ in
            usleep(5_000_000)
            isOver.withLock { $0 = true }
            return Secret("too late")
        }
        let error = await failure { try await Client.connect(configuration, face) }
        #expect(!isOver.value)
        #expect(error?.code == .timedOut)
        #expect(error?.message.contains("password provider") == true)
    }

    // Guard: Sources/PostgresClient/Connecting/StartupOperation.swift: `inquiry.cancel()`
    // Guard: Sources/PostgresClient/Connecting/CredentialInquiry.swift: `deinit { cancel() }`
    @Test(arguments: Face.allCases)
    func theDeadlineCancelsTheTask(_ face: Face) async throws {
        let isCancelled = Latch()
        var configuration = try TestServer.configuration(.tcp)
        configuration.connectTimeout = .milliseconds(300)
        configuration.passwordProvider = CredentialProvider { _ async throws -> Secret in
            do {
                try await Task.sleep(for: .seconds(600))
            } catch {
                isCancelled.open()
                throw error
            }
            return Secret("too late")
        }
        let error = await failure { try await Client.connect(configuration, face) }
        #expect(error?.code == .timedOut)
        await isCancelled.wait()
    }

    // Guard: Sources/PostgresClient/Connecting/StartupOperation.swift: `return .wait(inquiry.wait(until: deadline))`
    // Guard: Sources/PostgresClient/Connecting/StartupOperation.swift: `inquiry.cancel()`
    @Test(arguments: Kind.allCases)
    func cancellingTheTaskEndsTheWait(_ kind: Kind) async throws {
        let (isAsked, isCancelled) = (Latch(), Latch())
        let isOver = Guarded(false)
        var configuration = try TestServer.configuration(.tcp)
        configuration.connectTimeout = .seconds(600)
        switch kind {
        case .blocking:
            configuration.passwordProvider = CredentialProvider { _ in
                isAsked.open()
                usleep(5_000_000)
                isOver.withLock { $0 = true }
                return Secret("too late")
            }
        case .suspending:
            configuration.passwordProvider = CredentialProvider { _ async throws -> Secret in
                isAsked.open()
                do {
                    try await Task.sleep(for: .seconds(600))
                } catch {
                    isCancelled.open()
                    throw error
                }
                return Secret("too late")
            }
        }
        let connecting = configuration
        let task = Task { await failure { try await Connection.connect(to: connecting) } }
        await isAsked.wait()
        task.cancel()
        #expect(await task.value?.code == .cancelled)
        #expect(!isOver.value)
        if kind == .suspending { await isCancelled.wait() }
    }
}
