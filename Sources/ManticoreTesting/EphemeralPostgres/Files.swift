import PostgresWire

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// The few things that the test server needs of files and descriptors.
enum Files {
    /// The system's words for an error number.
    static func reason(_ code: Int32) -> String {
        guard let text = unsafe strerror(code) else { return "error \(code)" }
        return unsafe String(cString: text)
    }

    /// Moves a descriptor above the standard streams and marks it as not to be inherited.
    static func keepPrivate(_ descriptor: Int32) -> Int32 {
        let moved = fcntl(descriptor, F_DUPFD_CLOEXEC, 3)
        guard moved >= 0 else { return descriptor }
        close(descriptor)
        return moved
    }

    /// The names in a folder, none if it cannot be read.
    static func names(in folder: String) -> [String] {
        guard let stream = unsafe opendir(folder) else { return [] }
        defer { unsafe closedir(stream) }
        var names: [String] = []
        while let entry = unsafe readdir(stream) {
            let name = unsafe withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names
    }

    /// Whether a program of that path can be run by this process.
    static func isExecutable(_ path: String) -> Bool {
        var facts = stat()
        guard unsafe stat(path, &facts) == 0, facts.st_mode & S_IFMT == S_IFREG else { return false }
        return unsafe access(path, X_OK) == 0
    }

    /// Whether something of that name exists.
    static func exists(_ path: String) -> Bool { unsafe access(path, F_OK) == 0 }

    /// The path without symbolic links, nil if it does not exist.
    static func resolved(_ path: String) -> String? {
        guard let real = unsafe realpath(path, nil) else { return nil }
        defer { unsafe free(real) }
        return unsafe String(cString: real)
    }

    /// Everything that comes from a descriptor until its end.
    static func readAll(_ descriptor: Int32) -> [UInt8] {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 16_384)
        while true {
            let count = unsafe read(descriptor, &chunk, chunk.count)
            if count > 0 {
                bytes.append(contentsOf: chunk.prefix(count))
            } else if count == 0 || errno != EINTR {
                return bytes
            }
        }
    }

    /// A file's text from an offset on, empty if it cannot be read.
    static func text(of path: String, from offset: Int = 0) -> String {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return "" }
        defer { close(descriptor) }
        if offset > 0 { lseek(descriptor, off_t(offset), SEEK_SET) }
        return String(decoding: readAll(descriptor), as: UTF8.self)
    }

    /// A file's text as it is after `body`, which may remove the file.
    static func text(of path: String, after body: () -> Void) -> String {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        body()
        guard descriptor >= 0 else { return "" }
        defer { close(descriptor) }
        return String(decoding: readAll(descriptor), as: UTF8.self)
    }

    /// A file's length in bytes, 0 if there is none.
    static func size(of path: String) -> Int {
        var facts = stat()
        return unsafe stat(path, &facts) == 0 ? Int(facts.st_size) : 0
    }

    /// Writes a new file that only its owner can read.
    ///
    /// - Throws: ``PostgresError`` when the file exists or cannot be written.
    static func create(_ path: String, _ text: String, owner: ServerAccount) throws(PostgresError) {
        let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw PostgresError(.testServer, "Cannot write \(path): \(reason(errno)).")
        }
        defer { close(descriptor) }
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes { unsafe write(descriptor, $0.baseAddress, $0.count) }
            if count > 0 {
                rest = rest.dropFirst(count)
            } else if errno != EINTR {
                throw PostgresError(.testServer, "Cannot write \(path): \(reason(errno)).")
            }
        }
        if owner.isOther, fchown(descriptor, owner.user, owner.group) != 0 {
            throw PostgresError(.testServer, "Cannot give \(path) to \(owner.name): \(reason(errno)).")
        }
    }

    /// Gives a file or folder to the server's account, if that is not the caller's.
    static func give(_ path: String, to owner: ServerAccount) throws(PostgresError) {
        if owner.isOther, unsafe lchown(path, owner.user, owner.group) != 0 {
            throw PostgresError(.testServer, "Cannot give \(path) to \(owner.name): \(reason(errno)).")
        }
    }

    /// Makes a folder that only its owner can enter.
    static func createFolder(_ path: String, owner: ServerAccount) throws(PostgresError) {
        guard unsafe mkdir(path, 0o700) == 0 else {
            throw PostgresError(.testServer, "Cannot make the folder \(path): \(reason(errno)).")
        }
        try give(path, to: owner)
    }

    /// Makes a file readable and writable by its owner alone.
    static func restrict(_ path: String) throws(PostgresError) {
        guard unsafe chmod(path, 0o600) == 0 else {
            throw PostgresError(.testServer, "Cannot change the mode of \(path): \(reason(errno)).")
        }
    }

    /// Removes a file, if there is one.
    static func remove(_ path: String) { unsafe unlink(path) }

    /// Where a folder of random name can be made for `owner`, short enough for a socket in it.
    static func temporaryFolder(for owner: ServerAccount) -> String {
        var generator = SystemRandomNumberGenerator()
        let letters = Array("abcdefghijklmnopqrstuvwxyz0123456789")
        let name = "manticore-" + String((0..<10).compactMap { _ in letters.randomElement(using: &generator) })
        // "/.s.PGSQL.65535.lock" must fit too, and 104 bytes are all that some systems give a socket's path.
        let longest = 104 - 22 - name.utf8.count
        if let asked = ServerEnvironment.value(of: "TMPDIR"), let base = resolved(asked),
            base.utf8.count < longest, canEnter(base, owner)
        {
            return base + "/" + name
        }
        // A data directory is a thousand small files, which some disks take a second for and memory does not.
        let memory = "/dev/shm"
        if hasRoom(memory), canEnter(memory, owner) { return memory + "/" + name }
        return "/tmp/" + name
    }

    /// Whether a file system in memory has room for the data of tests.
    private static func hasRoom(_ folder: String) -> Bool {
        var facts = statvfs()
        guard unsafe statvfs(folder, &facts) == 0 else { return false }
        return UInt64(facts.f_bavail).multipliedReportingOverflow(by: UInt64(facts.f_frsize)).partialValue >= 2 << 30
    }

    private static func canEnter(_ folder: String, _ owner: ServerAccount) -> Bool {
        guard unsafe access(folder, W_OK | X_OK) == 0 else { return false }
        guard owner.isOther else { return true }
        var path = ""
        for part in folder.split(separator: "/") {
            path += "/" + part
            var facts = stat()
            guard unsafe stat(path, &facts) == 0, facts.st_mode & S_IXOTH != 0 else { return false }
        }
        return true
    }
}
