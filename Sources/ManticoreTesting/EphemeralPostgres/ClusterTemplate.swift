import PostgresWire
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// A fresh data directory that the servers of this process are copied from.
///
/// `initdb` takes a second, a copy some hundredths of one. The template goes when this process ends.
struct ClusterTemplate {
    /// What `initdb` writes into the data directory.
    struct Key: Hashable {
        var binaries: String
        var account: ServerAccount
        // Names are the same when their bytes are.
        var user: [UInt8]
        var password: [UInt8]
        var database: [UInt8]
    }

    private let supervisor: Supervisor

    /// The data directory to copy.
    var directory: String { supervisor.folder + "/data" }

    /// Each template under a lock of its own, so that two versions are made at the same time and one only once.
    private final class Slot: Sendable {
        let template = Mutex<ClusterTemplate?>(nil)
    }

    private static let slots = Mutex<[Key: Slot]>([:])

    /// The template for these options, made if it is the first of its kind.
    static func get(
        installation: EphemeralPostgres.Installation, account: ServerAccount, user: String, password: String,
        database: String
    ) throws(PostgresError) -> ClusterTemplate {
        let key = Key(
            binaries: installation.directory, account: account, user: Array(user.utf8),
            password: Array(password.utf8), database: Array(database.utf8))
        let slot = slots.withLock { slots in
            let slot = slots[key] ?? Slot()
            slots[key] = slot
            return slot
        }
        return try slot.template.withLock { template throws(PostgresError) in
            if let template, Files.exists(template.directory) { return template }
            let made = try ClusterTemplate(
                installation: installation, account: account, user: user, password: password, database: database)
            template = made
            return made
        }
    }

    private init(
        installation: EphemeralPostgres.Installation, account: ServerAccount, user: String, password: String,
        database: String
    ) throws(PostgresError) {
        var supervisor = try Supervisor(account: account, keepsLog: false, grace: 0)
        do throws(PostgresError) {
            let folder = supervisor.folder
            let directory = folder + "/data"
            let passwordFile = folder + "/password"
            try Files.create(passwordFile, password + "\n", owner: account)
            try Files.createFolder(directory, owner: account)
            try Files.give(folder, to: account)
            // Letters beyond ASCII are letters only in the second; not every system has it.
            let locale = Self.hasLocale("C.UTF-8") ? "C.UTF-8" : "C"
            try supervisor.run([
                installation.directory + "/initdb", "--pgdata=\(directory)", "--username=\(user)",
                "--pwfile=\(passwordFile)", "--encoding=UTF8", "--locale=\(locale)", "--lc-messages=C",
                "--auth-local=trust", "--auth-host=scram-sha-256", "--no-sync",
                // A sixteenth of the usual size, most of what there is to copy.
                "--wal-segsize=1",
            ])
            Files.remove(passwordFile)
            if database != "postgres" {
                try Self.create(database, in: directory, with: installation, &supervisor)
            }
        } catch {
            supervisor.finish()
            throw error
        }
        self.supervisor = supervisor
    }

    private static func create(
        _ database: String, in directory: String, with installation: EphemeralPostgres.Installation,
        _ supervisor: inout Supervisor
    ) throws(PostgresError) {
        let folder = supervisor.folder
        let quoted = database.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"")
        try Files.create(
            folder + "/commands", "CREATE DATABASE \"\(quoted)\"\n", owner: supervisor.account)
        try supervisor.run([
            "/bin/sh", "-c", #"exec "$1" --single -F -D "$2" postgres <"$3""#, "sh",
            installation.directory + "/postgres", directory, folder + "/commands",
        ])
        // This mode ends well whatever became of the statements.
        let output = Files.text(of: folder + "/output")
        if output.contains("ERROR:") || output.contains("FATAL:") {
            throw PostgresError(.testServer, "The database \(database) could not be made:\n\(output)")
        }
    }

    private static func hasLocale(_ name: String) -> Bool {
        #if canImport(Darwin)
            let category = Int32(LC_CTYPE_MASK)
        #else
            // Glibc's own macro for it is one that Swift does not read.
            let category = Int32(1) << LC_CTYPE
        #endif
        guard let locale = unsafe newlocale(category, name, nil) else { return false }
        unsafe freelocale(locale)
        return true
    }
}
