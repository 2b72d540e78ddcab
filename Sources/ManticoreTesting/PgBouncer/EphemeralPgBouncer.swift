import PostgresClient
public import PostgresWire
import Synchronization

/// A private PgBouncer in front of a private PostgreSQL server.
///
/// It listens on a TCP port of 127.0.0.1, reaches the server by its Unix socket, and is gone with all its files after
/// ``stop()``, with its last reference, and also when the test process is killed. Called by root it runs as the
/// server's user. It needs the program `pgbouncer` on the machine, see ``program``.
///
/// ```swift
/// @Test(.enabled(if: EphemeralPgBouncer.program != nil, "pgbouncer is not installed"))
/// func poolsSessions() async throws {
///     try await EphemeralPostgres.withServer { server in
///         try await EphemeralPgBouncer.withPooler(before: server, .init(poolMode: .transaction)) { pooler in
///             print(pooler.url)
///         }
///     }
/// }
/// ```
public final class EphemeralPgBouncer: Sendable {
    /// The address that the pooler listens on.
    public let host = "127.0.0.1"
    /// The TCP port.
    public let port: Int
    /// The certificate of the authority that signed the pooler's certificate, in PEM; nil without ``Options/tls``.
    public let caCertificateFile: String?

    private let server: EphemeralPostgres
    private let options: Options
    private let folder: String
    private let supervisor: Mutex<Supervisor>
    private let lastLog = Mutex<String?>(nil)

    /// The absolute path of the program `pgbouncer`, in `PATH` or where systems put it; nil if it is not installed.
    public static var program: String? { Programs.find("pgbouncer") }

    private init(
        _ server: EphemeralPostgres, _ options: Options, port: Int, certificates: TestCertificates?,
        supervisor: consuming Supervisor
    ) {
        self.server = server
        self.options = options
        self.port = port
        caCertificateFile = certificates?.authority
        folder = supervisor.folder
        self.supervisor = Mutex(supervisor)
    }

    deinit {
        let process = supervisor.withLock { $0.abandon() }
        if let process {
            BlockingWork.start { ChildProcess.wait(for: process) }
        }
    }

    /// The pooler's address with the server's superuser, password and database.
    ///
    /// `sslmode` is `verify-full` with the authority's file when the pooler speaks TLS, else `disable`.
    public var url: String {
        let encoded = EphemeralPostgres.percentEncoded
        let mode =
            caCertificateFile.map { "verify-full&sslrootcert=" + encoded($0) } ?? "disable"
        return "postgresql://\(encoded(server.user)):\(encoded(server.password))@\(host):\(port)"
            + "/\(encoded(server.database))?sslmode=\(mode)"
    }

    /// What the pooler has written to its log, also after the stop.
    public var log: String { lastLog.withLock { $0 } ?? Files.text(of: folder + "/log") }

    // MARK: - Start and stop

    /// Starts a pooler and waits until it accepts connections.
    ///
    /// ```swift
    /// let pooler = try EphemeralPgBouncer.start(before: server)
    /// defer { pooler.stop() }
    /// ```
    ///
    /// - Parameter server: The server behind it, which the pooler keeps alive.
    /// - Throws: ``PostgresError`` with the code ``PostgresError/Code/testServer`` when pgbouncer is missing, or with
    ///   its log when it does not start; `invalidConfiguration` for options that cannot be.
    @available(*, noasync, message: "in async code write `try await`")
    public static func start(
        before server: EphemeralPostgres, _ options: Options = Options()
    ) throws(PostgresError) -> EphemeralPgBouncer {
        try launch(server, options)
    }

    /// Starts a pooler and waits until it accepts connections; the wait is on a thread of its own.
    ///
    /// ```swift
    /// let pooler = try await EphemeralPgBouncer.start(before: server)
    /// await pooler.stop()
    /// ```
    ///
    /// - Parameter server: The server behind it, which the pooler keeps alive.
    /// - Throws: ``PostgresError`` with the code ``PostgresError/Code/testServer`` when pgbouncer is missing, or with
    ///   its log when it does not start; `invalidConfiguration` for options that cannot be.
    public static func start(
        before server: EphemeralPostgres, _ options: Options = Options()
    ) async throws(PostgresError) -> EphemeralPgBouncer {
        try await BlockingWork.run { _ in
            Result { () throws(PostgresError) in try launch(server, options) }
        }
    }

    /// Starts a pooler for the length of a closure and stops it afterwards, also when the closure throws.
    ///
    /// - Returns: What the closure returns.
    /// - Throws: What the closure throws, or what ``start(before:_:)`` does.
    public static func withPooler<Value>(
        before server: EphemeralPostgres, _ options: Options = Options(),
        _ body: nonisolated(nonsending) (EphemeralPgBouncer) async throws -> Value
    ) async throws -> Value {
        let pooler = try await start(before: server, options)
        let value: Value
        do {
            value = try await body(pooler)
        } catch {
            await pooler.stop()
            throw error
        }
        await pooler.stop()
        return value
    }

    /// Stops the pooler, whatever its clients do, and removes its files; does nothing when that was done before.
    @available(*, noasync, message: "in async code write `await pooler.stop()`")
    public func stop() { stopAndWait() }

    /// Stops the pooler, whatever its clients do, and removes its files; does nothing when that was done before.
    public func stop() async {
        _ = try? await BlockingWork.run { _ in
            self.stopAndWait()
            return .success(())
        }
    }

    private func stopAndWait() {
        supervisor.withLock { supervisor in
            if supervisor.isFinished { return }
            let text = Files.text(of: folder + "/log") {
                // SIGINT, which the supervisor sends, would wait for the clients.
                try? supervisor.signal("TERM")
                _ = try? supervisor.waitForEnd(milliseconds: 5_000)
                supervisor.finish()
            }
            lastLog.withLock { $0 = text }
        }
    }

    private static func launch(
        _ server: EphemeralPostgres, _ options: Options
    ) throws(PostgresError) -> EphemeralPgBouncer {
        guard let program else {
            throw PostgresError(
                .testServer,
                "The program pgbouncer was not found (Debian and Ubuntu: apt-get install pgbouncer; "
                    + "macOS: brew install pgbouncer).")
        }
        let account = server.plan.account
        var supervisor = try Supervisor(account: account, keepsLog: false, grace: 0)
        do throws(PostgresError) {
            let folder = supervisor.folder
            let certificates =
                options.tls ? try TestCertificates(in: folder, user: server.user, owner: account) : nil
            var users = options.users
            users[server.user] = users[server.user] ?? server.password
            try Files.create(folder + "/users", try userList(users), owner: account)
            try Files.give(folder, to: account)
            // Another process may take the port between our look and the pooler's.
            for number in 0..<10 {
                let port = try EphemeralPostgres.freePort()
                let file = folder + "/pgbouncer\(number).ini"
                let text = try configuration(server, options, folder, port: port, certificates)
                try Files.create(file, text, owner: account)
                if try supervisor.startPooler([program, file]) {
                    return EphemeralPgBouncer(
                        server, options, port: port, certificates: certificates, supervisor: supervisor)
                }
            }
            throw PostgresError(.testServer, "No free port was found.\n" + Files.text(of: supervisor.folder + "/log"))
        } catch {
            supervisor.finish()
            throw error
        }
    }

    // MARK: - Files

    private static func userList(_ users: [String: String]) throws(PostgresError) -> String {
        var text = ""
        for (name, password) in users.sorted(by: { $0.key < $1.key }) {
            guard !(name + password).utf8.contains(where: { $0 < 0x20 }) else {
                throw PostgresError(.invalidConfiguration, "A pooler's user or password has control characters.")
            }
            let words = [name, password].map { "\"" + $0.replacing("\"", with: "\"\"") + "\"" }
            text += words.joined(separator: " ") + "\n"
        }
        return text
    }

    private static func configuration(
        _ server: EphemeralPostgres, _ options: Options, _ folder: String, port: Int, _ certificates: TestCertificates?
    ) throws(PostgresError) -> String {
        var database = "* = host=\(server.socketDirectory) port=\(server.port)"
        // Who is let in as anybody is nobody in particular to the server.
        if options.authentication == .any { database += " user=\(server.user)" }
        var settings = [
            ("listen_addr", "127.0.0.1"),
            ("listen_port", String(port)),
            ("unix_socket_dir", ""),
            ("auth_type", options.authentication.rawValue),
            ("auth_file", folder + "/users"),
            ("pool_mode", options.poolMode.rawValue),
            ("server_login_retry", "1"),
        ]
        if let certificates {
            settings += [
                ("client_tls_sslmode", "require"),
                ("client_tls_cert_file", certificates.serverCertificate),
                ("client_tls_key_file", certificates.serverKey),
                ("client_tls_ca_file", certificates.authority),
            ]
        }
        settings.removeAll { options.settings[$0.0] != nil }
        settings += options.settings.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
        for (name, value) in settings {
            guard !(name + value).utf8.contains(where: { $0 < 0x20 }) else {
                throw PostgresError(.invalidConfiguration, "The pooler's setting \(name) has control characters.")
            }
        }
        return "[databases]\n\(database)\n[pgbouncer]\n" + settings.map { "\($0.0) = \($0.1)\n" }.joined()
    }
}

extension Supervisor {
    /// Starts a pooler and waits until it accepts connections.
    ///
    /// - Returns: False when another process has the port.
    /// - Throws: ``PostgresError`` with the pooler's log when it ended or was not ready after a minute.
    fileprivate mutating func startPooler(_ words: [String]) throws(PostgresError) -> Bool {
        let logStart = Files.size(of: folder + "/log")
        let deadline = ContinuousClock.now + .seconds(60)
        try start(words)
        while true {
            let hasEnded = try waitForEnd(milliseconds: 5)
            let log = Files.text(of: folder + "/log", from: logStart)
            // PgBouncer's words; it goes on without the port that it could not have.
            let isTaken = log.contains("in use") || log.contains("cannot bind")
            if !hasEnded, !isTaken, log.contains("process up") { return true }
            if hasEnded, !isTaken { throw PostgresError(.testServer, "pgbouncer did not start:\n\(log)") }
            if !hasEnded, isTaken || ContinuousClock.now > deadline {
                try signal("TERM")
                if try !waitForEnd(milliseconds: 5_000) { try kill() }
                _ = try waitForEnd(milliseconds: 5_000)
                guard isTaken else { throw PostgresError(.timedOut, "pgbouncer was not ready in time:\n\(log)") }
            }
            if isTaken { return false }
        }
    }
}
