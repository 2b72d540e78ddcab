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

/// Files and user databases that take for ever hold nobody beyond the deadline.
@Suite(.ownThread, .needsCertificates) struct SlowMachineTests {
    /// A pipe that nobody writes to: whoever opens it to read waits.
    private final class Mire: Sendable {
        let folder: String
        let isEntered = Latch()
        let isLeft = Latch()
        private var path: String { folder + "/mire" }

        init() throws {
            folder = try CertificateZoo.makeFolder()
            try #require(unsafe mkfifo(path, 0o600) == 0)
        }

        deinit { CertificateZoo.removeFolder(folder) }

        func enter() {
            isEntered.open()
            let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
            _ = close(descriptor)
            isLeft.open()
        }

        /// Lets whoever is in it go on.
        func drain() async {
            await isEntered.wait()
            let descriptor = unsafe open(path, O_WRONLY | O_CLOEXEC)
            await isLeft.wait()
            _ = close(descriptor)
        }
    }

    private func configuration(
        _ server: ScriptedServer, _ folder: String, timeout: Duration
    ) throws -> ConnectionConfiguration {
        var configuration = try HostileSession.configuration(server, sslmode: .require, timeout: timeout)
        // A context that nobody else has made.
        configuration.tls.keyLogFile = folder + "/keys"
        return configuration
    }

    // Guard: Sources/PostgresClient/Connecting/ConnectOperation.swift: `phase = .preparing(attempt,`
    @Test(arguments: Face.allCases)
    func filesOfTLSAreNotWaitedForBeyondTheDeadline(_ face: Face) async throws {
        let mire = try Mire()
        let server = try ScriptedServer([.receiveToEnd])
        var surroundings = Surroundings(mayBlock: face == .blocking)
        surroundings.tlsContext = { key, password in
            mire.enter()
            return Result { () throws(PostgresError) in try TLSContext(key, keyPassword: password) }
        }
        let configuration = try configuration(server, mire.folder, timeout: .milliseconds(200))
        let start = ContinuousClock.now
        let error = await failure { try await Connecting.connect(configuration, face, surroundings) }
        #expect(error?.code == .timedOut)
        let text = error?.description ?? ""
        #expect(text.contains("loading the files for TLS took longer than connect_timeout"))
        #expect(ContinuousClock.now - start >= .milliseconds(200))
        await mire.drain()
        #expect(server.connections == 0, "what came late was nobody's")
    }

    @Test func aTaskThatIsCancelledWaitsForNoFile() async throws {
        let mire = try Mire()
        let server = try ScriptedServer([.receiveToEnd])
        var surroundings = Surroundings()
        surroundings.tlsContext = { _, _ in
            mire.enter()
            return .failure(PostgresError(.tls, "too late"))
        }
        let (answers, configuration) = (surroundings, try configuration(server, mire.folder, timeout: .seconds(600)))
        let task = Task { await failure { try await Connecting.connect(configuration, .suspending, answers) }?.code }
        await mire.isEntered.wait()
        task.cancel()
        #expect(await task.value == .cancelled)
        await mire.drain()
    }

    // Guard: Sources/PostgresClient/Connecting/Surroundings.swift: `if mayBlock, deadline == nil {`
    @Test(arguments: Face.allCases)
    func onlyAThreadThatMayWaitReadsFiles(_ face: Face) async throws {
        let folder = try CertificateZoo.makeFolder()
        defer { CertificateZoo.removeFolder(folder) }
        for timeout in [nil, Duration.seconds(60)] {
            let server = try ScriptedServer([.receiveToEnd])
            var configuration = try configuration(server, folder, timeout: .seconds(60))
            configuration.connectTimeout = timeout
            configuration.tls.keyLogFile = "\(folder)/keys of a \(timeout == nil ? "patient" : "hasty") one"
            let isCallers = Guarded<Bool?>(nil)
            let caller = pthread_self()
            var surroundings = Surroundings(mayBlock: face == .blocking)
            surroundings.tlsContext = { _, _ in
                isCallers.withLock { $0 = pthread_equal(caller, pthread_self()) != 0 }
                return .failure(PostgresError(.tls, "no"))
            }
            #expect(await failure { try await Connecting.connect(configuration, face, surroundings) }?.code == .tls)
            #expect(isCallers.value == (face == .blocking && timeout == nil))
            // One that is there already is not made again.
            _ = try TLSContext(configuration, configuration.host)
            isCallers.withLock { $0 = nil }
            configuration.connectTimeout = .milliseconds(50)
            let error = await failure { try await Connecting.connect(configuration, face, surroundings) }
            #expect(error?.code == .timedOut && isCallers.value == nil)
        }
    }

    // Guard: Sources/PostgresClient/Transport/DialOperation.swift: `phase = .identifyingPeer(socket,`
    @Test(arguments: Face.allCases)
    func theUserDatabaseIsNotWaitedForBeyondTheDeadline(_ face: Face) async throws {
        let mire = try Mire()
        var configuration = try TestServer.configuration(.socket)
        configuration.requiredPeer = "somebody"
        configuration.connectTimeout = .milliseconds(200)
        var surroundings = Surroundings(mayBlock: face == .blocking)
        surroundings.userName = { _ in
            mire.enter()
            return nil
        }
        let error = await failure { try await Connecting.connect(configuration, face, surroundings) }
        #expect(error?.code == .timedOut)
        let text = error?.description ?? ""
        #expect(text.contains("looking up the owner of the server"))
        await mire.drain()
        configuration.connectTimeout = .seconds(60)
        surroundings.userName = { _ in "somebody" }
        let core = try await Connecting.connect(configuration, face, surroundings)
        #expect(core.isUsable)
        core.close()
        surroundings.userName = { _ in "somebody else" }
        let other = await failure { try await Connecting.connect(configuration, face, surroundings) }
        #expect(other?.code == .authenticationFailed)
    }
}
