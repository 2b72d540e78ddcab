import Manticore

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// SQL text and where it comes from.
struct SQLInput {
    /// What errors call it; nil for an argument of the command.
    let name: String?
    let script: SQLScript

    /// Takes an argument of the command.
    init(argument text: String) throws(PostgresError) {
        name = nil
        script = try Self.read(Array(text.utf8), nil)
    }

    /// Reads a file, or standard input for `-`.
    init(file path: String) throws(PostgresError) {
        let name = path == "-" ? "standard input" : path
        self.name = name
        script = try Self.read(try Self.bytes(of: path, name), name)
    }

    private static func read(_ bytes: [UInt8], _ name: String?) throws(PostgresError) -> SQLScript {
        let script: SQLScript
        do throws(SQLSyntaxError) {
            // As psql does, an argument's COPY reads standard input, and a script's the lines after it.
            script = try SQLScript(bytes, readsCopyData: name != nil)
        } catch {
            guard let name else { throw PostgresError(.invalidArgument, error.description) }
            throw PostgresError(.invalidArgument, "\(name):\(error.line):\(error.column): \(error.message)")
        }
        func place(_ line: Int) -> String { name.map { "\($0):\(line)" } ?? "line \(line)" }
        if let command = script.metaCommands.first {
            throw PostgresError(
                .invalidArgument,
                "\(place(command.line)): commands that begin with a backslash are psql's; this command runs SQL only")
        }
        return script
    }

    private static func bytes(of path: String, _ name: String) throws(PostgresError) -> [UInt8] {
        let descriptor = path == "-" ? STDIN_FILENO : unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw unreadable(name) }
        defer { if path != "-" { close(descriptor) } }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = unsafe systemRead(descriptor, &buffer, buffer.count)
            if count == 0 { return bytes }
            if count > 0 {
                bytes += buffer.prefix(count)
            } else if errno != EINTR {
                throw unreadable(name)
            }
        }
    }

    private static func unreadable(_ name: String) -> PostgresError {
        let reason = unsafe String(cString: strerror(errno))
        return PostgresError(.invalidArgument, "\(name) cannot be read: \(reason)")
    }
}

private func systemRead(_ descriptor: Int32, _ buffer: UnsafeMutableRawPointer, _ count: Int) -> Int {
    unsafe read(descriptor, buffer, count)
}
