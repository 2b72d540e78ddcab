import PostgresWire

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// The operating system's user that the server runs as.
///
/// PostgreSQL refuses to run as root, so root runs it as someone else.
struct ServerAccount: Hashable {
    var name: String
    var user: uid_t
    var group: gid_t
    /// Whether it is another user than this process's.
    var isOther: Bool
    /// What a command starts with to run as this user.
    var prefix: [String]

    /// This process's user.
    static func caller() -> ServerAccount {
        ServerAccount(name: "", user: geteuid(), group: getegid(), isOther: false, prefix: [])
    }

    /// Chooses the user.
    ///
    /// - Parameter asked: A user's name; nil stands for this process's user or, if that is root, for `postgres`, else
    ///   `nobody`.
    /// - Throws: ``PostgresError`` when there is no such user or this process may not become it.
    static func find(_ asked: String?) throws(PostgresError) -> ServerAccount {
        let own = geteuid()
        if own != 0 {
            if let asked, lookUp(asked)?.user != own {
                throw PostgresError(.invalidConfiguration, "Only root can run the server as the user \(asked).")
            }
            return caller()
        }
        let names = if let asked { [asked] } else { ["postgres", "nobody"] }
        for name in names {
            guard var account = lookUp(name) else { continue }
            guard account.user != 0 else {
                throw PostgresError(.invalidConfiguration, "PostgreSQL refuses to run as root; name another user.")
            }
            if let program = Programs.find("setpriv") {
                account.prefix = [
                    program, "--reuid=\(account.user)", "--regid=\(account.group)", "--clear-groups", "--",
                ]
            } else if let program = Programs.find("runuser") ?? Programs.find("sudo") {
                account.prefix = [program, "-u", name, "--"]
            } else {
                throw PostgresError(
                    .testServer,
                    "PostgreSQL refuses to run as root, and neither setpriv nor runuser was found to run it as \(name)."
                )
            }
            return account
        }
        throw PostgresError(
            .testServer,
            "PostgreSQL refuses to run as root, and there is no user \(names.joined(separator: " or ")) to run it as.")
    }

    private static func lookUp(_ name: String) -> ServerAccount? {
        var entry = unsafe passwd()
        var found: UnsafeMutablePointer<passwd>? = nil
        var buffer = [CChar](repeating: 0, count: 16_384)
        guard unsafe getpwnam_r(name, &entry, &buffer, buffer.count, &found) == 0, unsafe found != nil else {
            return nil
        }
        return unsafe ServerAccount(
            name: name, user: entry.pw_uid, group: entry.pw_gid, isOther: true, prefix: [])
    }
}
