import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// What a configuration asks of the machine it runs on; a test gives its own.
public struct LocalSystem: Sendable {
    /// What is known of a file without opening it.
    public struct FileStatus: Hashable, Sendable {
        /// Whether it is a file, and no folder, pipe or device.
        public var isRegular: Bool
        /// Who may do what with it: the nine bits of `chmod`.
        public var permissions: UInt32

        public init(isRegular: Bool = true, permissions: UInt32 = 0o600) {
            self.isRegular = isRegular
            self.permissions = permissions
        }
    }

    /// The name of the user who runs the process, if it has one.
    public var userName: @Sendable () -> String?
    /// The user's home directory, if there is one.
    public var homeDirectory: @Sendable () -> String?
    /// Whether something exists at a path.
    public var fileExists: @Sendable (String) -> Bool
    /// What is at a path, links followed; `nil` if nothing is, or nothing that may be looked at.
    public var fileStatus: @Sendable (String) -> FileStatus?
    /// The bytes of the file at a path; `nil` if it cannot be read.
    public var readFile: @Sendable (String) -> [UInt8]?

    /// Makes a system from its answers; left out, there are no files to read.
    public init(
        userName: @escaping @Sendable () -> String?,
        homeDirectory: @escaping @Sendable () -> String?,
        fileExists: @escaping @Sendable (String) -> Bool,
        fileStatus: @escaping @Sendable (String) -> FileStatus? = { _ in nil },
        readFile: @escaping @Sendable (String) -> [UInt8]? = { _ in nil }
    ) {
        self.userName = userName
        self.homeDirectory = homeDirectory
        self.fileExists = fileExists
        self.fileStatus = fileStatus
        self.readFile = readFile
    }

    /// The machine itself: its user database and its files.
    public static let current = LocalSystem(
        userName: { currentUser()?.name },
        homeDirectory: { currentUser()?.home },
        fileExists: { status(of: $0) != nil },
        fileStatus: { path in
            guard let status = status(of: path) else { return nil }
            return FileStatus(
                isRegular: UInt32(status.st_mode) & UInt32(S_IFMT) == UInt32(S_IFREG),
                permissions: UInt32(status.st_mode) & 0o777)
        },
        readFile: { contents(of: $0) }
    )

    /// The home directory: what `HOME` says, else the user database.
    func home(_ environment: [String: String]) -> String? {
        let given = environment["HOME"].flatMap { $0.isEmpty ? nil : $0 }
        guard let home = given ?? homeDirectory(), !home.isEmpty else { return nil }
        return home
    }

    private static func status(of path: String) -> stat? {
        // C would see only what is before a NUL.
        guard !path.utf8.contains(0) else { return nil }
        var status = stat()
        return unsafe stat(path, &status) == 0 ? status : nil
    }

    /// More than anybody writes into a service or password file; what is longer is cut, and a device has no end.
    private static let maximumSize = 1 << 24

    private static func contents(of path: String) -> [UInt8]? {
        guard !path.utf8.contains(0) else { return nil }
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { _ = close(descriptor) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 4096)
        while bytes.count < maximumSize {
            let count = unsafe read(descriptor, &chunk, chunk.count)
            if count > 0 {
                bytes.append(contentsOf: chunk.prefix(count))
            } else if count == 0 {
                return bytes
            } else if errno != EINTR {
                return nil
            }
        }
        return bytes
    }

    private struct User {
        let name: String?
        let home: String?
    }

    // The user database may be a server far away, and every new connection asks for the home directory.
    private static let users = Mutex<[uid_t: User]>([:])

    private static func currentUser() -> User? {
        let number = geteuid()
        if let known = users.withLock({ $0[number] }) { return known }
        guard let user = userDatabaseEntry(number) else { return nil }
        users.withLock { $0[number] = user }
        return user
    }

    // The user database and not LOGNAME or USER, which anything that starts the process may have set.
    private static func userDatabaseEntry(_ number: uid_t) -> User? {
        var size = 1024
        while size <= 1 << 20 {
            var buffer = [CChar](repeating: 0, count: size)
            var entry = unsafe passwd()
            var found: UnsafeMutablePointer<passwd>?
            let code = unsafe getpwuid_r(number, &entry, &buffer, buffer.count, &found)
            if code == ERANGE {
                size *= 4
                continue
            }
            guard code == 0, unsafe found != nil else { return nil }
            return unsafe User(
                name: entry.pw_name.flatMap { unsafe String(validatingCString: $0) },
                home: entry.pw_dir.flatMap { unsafe String(validatingCString: $0) }
            )
        }
        return nil
    }
}
