package import PostgresWire

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// A folder of migration files on disk.
package struct MigrationFolder: Sendable {
    /// The folder as it was given, relative paths from the current directory.
    package let path: String

    package init(_ path: String) {
        self.path = path
    }

    /// The migration files in the order of their versions.
    ///
    /// Only names that end in `.sql` count; hidden files and folders do not.
    ///
    /// - Throws: ``PostgresError`` with ``PostgresError/Code-swift.struct/migrationFile`` if the folder cannot be
    ///   read, if a name is malformed, or if two files have the same version; all of them are named.
    package func files() throws(PostgresError) -> [MigrationFile] {
        guard let names = try names() else {
            throw PostgresError(
                .migrationFile, "there is no folder \(path); create() makes it with the first migration")
        }
        var files: [MigrationFile] = []
        var complaints: [String] = []
        for name in names.sorted(by: { $0.utf8.lexicographicallyPrecedes($1.utf8) }) {
            guard MigrationFile.hasSuffix(name) else { continue }
            do throws(PostgresError) {
                switch try kind(of: MigrationFile.path(of: name, in: path)) {
                case S_IFREG: files.append(try MigrationFile(name: name, in: path))
                case S_IFDIR: continue
                default: complaints.append("\(MigrationFile.path(of: name, in: path)): this is not a regular file")
                }
            } catch {
                complaints.append(error.message)
            }
        }
        files.sort { $0.number < $1.number }
        for (first, second) in zip(files, files.dropFirst()) where first.number == second.number {
            complaints.append(
                "\(first.path) and \(second.path) have the same version; give one of them another version")
        }
        if !complaints.isEmpty { throw PostgresError(.migrationFile, complaints.joined(separator: "\n")) }
        return files
    }

    /// The bytes of a file.
    package func bytes(of file: MigrationFile) throws(PostgresError) -> [UInt8] {
        let descriptor = unsafe open(file.path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw Self.failure("cannot open", file.path) }
        defer { _ = close(descriptor) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = unsafe read(descriptor, &chunk, chunk.count)
            if count > 0 {
                bytes.append(contentsOf: chunk.prefix(count))
            } else if count == 0 {
                return bytes
            } else if errno != EINTR {
                throw Self.failure("cannot read", file.path)
            }
        }
    }

    /// Writes a file with a version that is later than all others, also than those that another process writes now.
    ///
    /// - Parameters:
    ///   - name: makes the file's name from its version.
    ///   - now: the time in UTC.
    /// - Returns: the file.
    /// - Throws: ``PostgresError`` with ``PostgresError/Code-swift.struct/migrationFile`` if it cannot be written;
    ///   nothing that exists is ever overwritten.
    package func write(
        _ text: String, at now: PostgresTimestamp, name: (MigrationVersion) -> String
    ) throws(PostgresError) -> MigrationFile {
        try makeFolder()
        let lock = unsafe open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard lock >= 0 else { throw Self.failure("cannot open the folder", path) }
        defer { _ = close(lock) }
        // A second process that creates a migration waits here. Where the file system has no locks, only two equal
        // names are kept apart.
        while flock(lock, LOCK_EX) != 0, errno == EINTR {}
        let existing = try (names() ?? []).compactMap { name in
            MigrationFile.hasSuffix(name) ? try? MigrationFile(name: name, in: path).number : nil
        }
        let version = try MigrationVersion.timestamp(at: now, after: existing)
        let file = try MigrationFile(name: name(version), in: path)
        try Self.create(file.path, Array(text.utf8))
        return file
    }

    private static func create(_ path: String, _ bytes: [UInt8]) throws(PostgresError) {
        let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else { throw failure("cannot create", path) }
        defer { _ = close(descriptor) }
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes { unsafe Self.write(descriptor, $0) }
            if count > 0 {
                rest = rest.dropFirst(count)
            } else if errno != EINTR {
                let error = failure("cannot write", path)
                // Half a migration must not stay behind to be applied.
                unsafe unlink(path)
                throw error
            }
        }
    }

    private static func write(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) -> Int {
        #if canImport(Glibc)
            unsafe Glibc.write(descriptor, bytes.baseAddress, bytes.count)
        #elseif canImport(Musl)
            unsafe Musl.write(descriptor, bytes.baseAddress, bytes.count)
        #elseif canImport(Darwin)
            unsafe Darwin.write(descriptor, bytes.baseAddress, bytes.count)
        #endif
    }

    /// The names in the folder, nil if there is no such folder.
    private func names() throws(PostgresError) -> [String]? {
        guard let stream = unsafe opendir(path) else {
            if errno == ENOENT { return nil }
            throw Self.failure("cannot read the folder", path)
        }
        defer { unsafe closedir(stream) }
        var names: [String] = []
        while true {
            errno = 0
            guard let entry = unsafe readdir(stream) else {
                if errno != 0 { throw Self.failure("cannot read the folder", path) }
                return names
            }
            names.append(
                unsafe withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                    unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
                })
        }
    }

    private func kind(of path: String) throws(PostgresError) -> mode_t {
        var facts = stat()
        guard unsafe stat(path, &facts) == 0 else { throw Self.failure("cannot look at", path) }
        return facts.st_mode & S_IFMT
    }

    /// Makes the folder with those above it.
    private func makeFolder() throws(PostgresError) {
        var missing: [String] = []
        var current = path
        while unsafe mkdir(current, 0o777) != 0 {
            if errno == EEXIST { break }
            guard errno == ENOENT, let parent = Self.parent(of: current) else {
                throw Self.failure("cannot make the folder", path)
            }
            missing.append(current)
            current = parent
        }
        for folder in missing.reversed() where unsafe mkdir(folder, 0o777) != 0 && errno != EEXIST {
            throw Self.failure("cannot make the folder", path)
        }
    }

    private static func parent(of path: String) -> String? {
        let slash = UInt8(ascii: "/")
        var rest = path.utf8[...]
        while rest.last == slash { rest.removeLast() }
        while let last = rest.last, last != slash { rest.removeLast() }
        while rest.last == slash { rest.removeLast() }
        return rest.isEmpty ? nil : String(Substring(rest))
    }

    private static func failure(_ action: String, _ path: String) -> PostgresError {
        let code = errno
        let reason = unsafe strerror(code).map { unsafe String(cString: $0) } ?? "error \(code)"
        return PostgresError(.migrationFile, "\(action) \(path): \(reason)")
    }
}
