import Manticore
import ManticoreTesting
import Synchronization

/// What the demo makes and has to remove again: a server or a schema, and folders.
///
/// The removal runs once, whoever asks first: the demo at its end, or the thread that notices an interruption.
final class DemoSurroundings: Sendable {
    private struct Things {
        var server: EphemeralPostgres?
        var schema: (name: String, configuration: ConnectionConfiguration)?
        var folders: [TemporaryFolder] = []
    }

    private let things = Mutex(Things())

    /// Starts a private server, with TLS if its certificates can be made.
    func startServer() async throws(PostgresError) -> EphemeralPostgres {
        let hasOpenSSL = Self.isInstalled("openssl")
        let server = try await EphemeralPostgres.start(.init(tls: hasOpenSSL))
        things.withLock { $0.server = server }
        return server
    }

    /// Makes a schema of random name, and a configuration whose sessions have it as their only schema.
    func makeSchema(_ configuration: ConnectionConfiguration) throws(PostgresError) -> ConnectionConfiguration {
        let letters = Array("abcdefghijklmnopqrstuvwxyz0123456789")
        let name = "manticore_demo_" + String((0..<10).compactMap { _ in letters.randomElement() })
        let connection = try Connection.connect(to: configuration)
        defer { connection.close() }
        try connection.execute("CREATE SCHEMA \(identifier: name)")
        things.withLock { $0.schema = (name, configuration) }
        var inside = configuration
        // By this the sessions are found again.
        inside.applicationName = name
        inside.runtimeParameters.removeAll { $0.name.lowercased() == "search_path" }
        inside.runtimeParameters.append(.init("search_path", name))
        return inside
    }

    /// The schema that was made.
    var schemaName: String? { things.withLock { $0.schema?.name } }

    /// Makes a folder.
    func makeFolder() throws(PostgresError) -> TemporaryFolder {
        let folder = try TemporaryFolder(prefix: "manticore-demo")
        things.withLock { $0.folders.append(folder) }
        return folder
    }

    /// Removes everything that was made; blocks.
    ///
    /// - Throws: ``PostgresError`` that names the schema if that could not be removed; everything else is gone then.
    func remove() throws(PostgresError) {
        // Held until the end, so that nobody ends the process while somebody else is removing.
        let failure: PostgresError? = things.withLock { things in
            for folder in things.folders { folder.remove() }
            things.folders = []
            var failure: PostgresError?
            if let (name, configuration) = things.schema {
                do throws(PostgresError) {
                    try Self.drop(name, configuration)
                } catch {
                    failure = error.with(
                        message: "the schema \(name) could not be removed; do it by hand: \(error.message)")
                }
                things.schema = nil
            }
            Self.stop(things.server)
            things.server = nil
            return failure
        }
        if let failure { throw failure }
    }

    private static func stop(_ server: EphemeralPostgres?) { server?.stop() }

    private static func drop(_ name: String, _ configuration: ConnectionConfiguration) throws(PostgresError) {
        let connection = try Connection.connect(to: configuration)
        defer { connection.close() }
        let drop: SQL = "DROP SCHEMA IF EXISTS \(identifier: name) CASCADE"
        try connection.execute("SET lock_timeout = '2s'")
        do throws(PostgresError) {
            try connection.execute(drop)
        } catch {
            guard error.sqlState == .lockNotAvailable else { throw error }
            // A session of the demo that was cut off in the middle of a statement still holds its locks.
            try connection.execute(
                """
                SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                WHERE application_name = \(name) AND usename = current_user
                """)
            try connection.execute("SET lock_timeout = '10s'")
            try connection.execute(drop)
        }
    }

    private static func isInstalled(_ program: String) -> Bool {
        let folders = (ProcessVariables.value(of: "PATH") ?? "").split(separator: ":") + ["/usr/bin", "/usr/local/bin"]
        return folders.contains { ProcessVariables.isExecutable("\($0)/\(program)") }
    }
}
