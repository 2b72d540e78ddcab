import PostgresWire
import Synchronization

/// A private PostgreSQL server that lives as long as a test needs it.
///
/// It has a data directory, a TCP port on 127.0.0.1 and a Unix socket of its own, and wants a random password on TCP.
/// It is gone with all its files after ``stop()``, when the last reference goes, and also when the test process is
/// killed: a small supervising process notices the end and cleans up. Called by root, it runs the server as another
/// user, since PostgreSQL refuses to run as root. It needs PostgreSQL's server programs on the machine (14 or newer),
/// see ``installations()``, and the command `openssl` for ``Options/tls``.
///
/// The first start in a process makes a data directory with `initdb`; the later ones copy it, so that they have its
/// system identifier and its random password in common and take a fraction of a second. The files are in `TMPDIR` if
/// that is set and short enough for a socket's path, else in `/dev/shm` if it has 2 GiB of room, else in `/tmp`.
///
/// ```swift
/// @Test func storesUsers() async throws {
///     try await EphemeralPostgres.withServer { server in
///         print(server.url)
///     }
/// }
/// ```
///
/// ## Topics
/// ### Starting
/// ``start(_:)``, ``withServer(_:_:)``, ``Options``, ``installations()``
/// ### Connecting
/// ``url``, ``socketURL``, ``caCertificateFile``
/// ### Faults
/// ``restart(_:)``, ``kill()``, ``log``
public final class EphemeralPostgres: Sendable {
    /// The address that the server listens on.
    public let host = "127.0.0.1"
    /// The TCP port; it stays the same over ``restart(_:)``.
    public let port: Int
    /// The superuser's name in the database.
    public let user: String
    /// The superuser's password.
    public let password: String
    /// The database that ``url`` leads to.
    public let database: String
    /// The folder of the Unix socket, which only the server's user (and root) can enter.
    public let socketDirectory: String
    /// The certificate of the authority that signed the server's certificate, in PEM; nil without ``Options/tls``.
    public let caCertificateFile: String?
    /// A client certificate for ``user`` that the server trusts, in PEM; nil without ``Options/tls``.
    public let clientCertificateFile: String?
    /// The key of ``clientCertificateFile``, in PEM.
    public let clientKeyFile: String?
    /// The server's data directory.
    public let dataDirectory: String
    /// The server's version.
    public let version: PostgresVersion
    /// Where the log is after the stop, with ``Options/keepLogs``; nil without.
    public let keptLogFile: String?

    let plan: Plan
    // Held while a command waits for the server; what must be answered meanwhile is in `process`.
    let supervisor: Mutex<Supervisor>
    let process: Mutex<Int32?>
    private let lastLog = Mutex<String?>(nil)

    init(plan: Plan, port: Int, supervisor: consuming Supervisor) {
        self.plan = plan
        self.port = port
        user = plan.options.user
        password = plan.password
        database = plan.options.database
        socketDirectory = supervisor.folder
        dataDirectory = plan.dataDirectory
        caCertificateFile = plan.certificates?.authority
        clientCertificateFile = plan.certificates?.clientCertificate
        clientKeyFile = plan.certificates?.clientKey
        version = plan.installation.version
        keptLogFile = plan.options.keepLogs ? supervisor.folder + ".log" : nil
        process = Mutex(supervisor.server)
        self.supervisor = Mutex(supervisor)
    }

    /// Begins the stop without waiting for it.
    deinit {
        let process = supervisor.withLock { $0.abandon() }
        if let process {
            BlockingWork.start { ChildProcess.wait(for: process) }
        }
    }

    /// The server's TCP address with user, password and database, as ``Database`` and libpq take it.
    ///
    /// `sslmode` is `verify-full` with the authority's file when the server speaks TLS, else `disable`.
    public var url: String {
        var text = "postgresql://\(Self.percentEncoded(user)):\(Self.percentEncoded(password))@\(host):\(port)"
        text += "/\(Self.percentEncoded(database))?sslmode="
        if let caCertificateFile {
            text += "verify-full&sslrootcert=" + Self.percentEncoded(caCertificateFile)
        } else {
            text += "disable"
        }
        return text
    }

    /// The address of the server's Unix socket, which needs no password.
    public var socketURL: String {
        "postgresql:///\(Self.percentEncoded(database))?host=\(Self.percentEncoded(socketDirectory))"
            + "&port=\(port)&user=\(Self.percentEncoded(user))"
    }

    /// The process identifier of the postmaster, nil while the server does not run.
    public var processID: Int32? { process.withLock { $0 } }

    /// What the server has written to its log, also after the stop.
    public var log: String {
        if let last = lastLog.withLock({ $0 }) { return last }
        return Files.text(of: socketDirectory + "/log")
    }

    /// Stops the server and removes its files; does nothing when that was done before.
    ///
    /// It is told to shut down fast (SIGINT), after ``Options/shutdownGrace`` to drop everything (SIGQUIT), and is
    /// killed when it does not do that either. Returns when no process and no file is left.
    @available(*, noasync, message: "in async code write `await server.stop()`")
    public func stop() { stopAndWait() }

    /// Stops the server and removes its files; does nothing when that was done before.
    ///
    /// It is told to shut down fast (SIGINT), after ``Options/shutdownGrace`` to drop everything (SIGQUIT), and is
    /// killed when it does not do that either. Returns when no process and no file is left, also in a cancelled task.
    public func stop() async {
        _ = try? await BlockingWork.run { _ in
            self.stopAndWait()
            return .success(())
        }
    }

    func stopAndWait() {
        supervisor.withLock { supervisor in
            if supervisor.isFinished { return }
            let text = Files.text(of: socketDirectory + "/log") { supervisor.finish() }
            lastLog.withLock { $0 = text }
            process.withLock { $0 = nil }
        }
    }

    /// The text with every byte but RFC 3986's unreserved ones as `%XX`.
    static func percentEncoded(_ text: String) -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        var encoded: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E:
                encoded.append(byte)
            default:
                encoded += [0x25, digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: encoded, as: UTF8.self)
    }
}
