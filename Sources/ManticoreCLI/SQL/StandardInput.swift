import Manticore

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Standard input as it comes, for the rows of a COPY.
enum StandardInput {
    /// How long a wait goes on before it is looked whether the command is to end, in milliseconds: whoever types the rows
    /// must be able to interrupt it.
    private static let patience: Int32 = 100

    /// The next piece; nil at the end.
    static func next() async throws -> [UInt8]? {
        var entry = pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)
        while true {
            try Task.checkCancellation()
            let ready = unsafe poll(&entry, 1, patience)
            if ready > 0 { break }
            if ready < 0, errno != EINTR { throw unreadable() }
            await Task.yield()
        }
        var count = 0
        let piece = unsafe [UInt8](unsafeUninitializedCapacity: 64 * 1024) { buffer, initialized in
            repeat {
                count = unsafe systemRead(STDIN_FILENO, buffer.baseAddress, buffer.count)
            } while count < 0 && errno == EINTR
            initialized = max(0, count)
        }
        guard count >= 0 else { throw unreadable() }
        return piece.isEmpty ? nil : piece
    }

    private static func unreadable() -> PostgresError {
        PostgresError(.invalidArgument, "standard input cannot be read: \(unsafe String(cString: strerror(errno)))")
    }
}

private func systemRead(_ descriptor: Int32, _ buffer: UnsafeMutableRawPointer?, _ count: Int) -> Int {
    unsafe read(descriptor, buffer, count)
}
