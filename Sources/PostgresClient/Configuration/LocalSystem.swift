#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// What a configuration asks of the machine it runs on; a test gives its own.
public struct LocalSystem: Sendable {
    /// The name of the user who runs the process, if it has one.
    public var userName: @Sendable () -> String?
    /// The user's home directory, if there is one.
    public var homeDirectory: @Sendable () -> String?
    /// Whether something exists at a path.
    public var fileExists: @Sendable (String) -> Bool

    public init(
        userName: @escaping @Sendable () -> String?,
        homeDirectory: @escaping @Sendable () -> String?,
        fileExists: @escaping @Sendable (String) -> Bool
    ) {
        self.userName = userName
        self.homeDirectory = homeDirectory
        self.fileExists = fileExists
    }

    /// The machine itself: its user database and its files.
    public static let current = LocalSystem(
        userName: { userDatabaseEntry()?.name },
        homeDirectory: { userDatabaseEntry()?.home },
        fileExists: { path in
            var status = stat()
            return unsafe stat(path, &status) == 0
        }
    )

    // The user database and not LOGNAME or USER, which anything that starts the process may have set.
    private static func userDatabaseEntry() -> (name: String?, home: String?)? {
        var size = 1024
        while size <= 1 << 20 {
            var buffer = [CChar](repeating: 0, count: size)
            var entry = unsafe passwd()
            var found: UnsafeMutablePointer<passwd>?
            let code = unsafe getpwuid_r(geteuid(), &entry, &buffer, buffer.count, &found)
            if code == ERANGE {
                size *= 4
                continue
            }
            guard code == 0, unsafe found != nil else { return nil }
            return unsafe (
                entry.pw_name.flatMap { unsafe String(validatingCString: $0) },
                entry.pw_dir.flatMap { unsafe String(validatingCString: $0) }
            )
        }
        return nil
    }
}
