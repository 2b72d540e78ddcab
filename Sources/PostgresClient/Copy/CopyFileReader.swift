#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// A file that is read a piece at a time.
final class CopyFileReader {
    private let descriptor: Int32
    private let path: String

    /// - Throws: ``PostgresError/Code-swift.struct/invalidArgument`` if the file cannot be opened.
    init(path: String) throws(PostgresError) {
        self.path = path
        var opened: Int32 = -1
        var reason: Int32 = EINVAL
        // A NUL would end the name early, and another file would be read.
        if !path.utf8.contains(0) {
            repeat {
                opened = unsafe open(path, O_RDONLY | O_CLOEXEC)
                reason = errno
            } while opened < 0 && reason == EINTR
        }
        guard opened >= 0 else {
            throw PostgresError(.invalidArgument, "\(path) cannot be read: \(SystemError(reason))")
        }
        descriptor = opened
    }

    deinit {
        _ = close(descriptor)
    }

    /// The next 64 KiB, or what there is; empty at the end.
    func next() throws(PostgresError) -> [UInt8] {
        var count = 0
        let capacity = 64 * 1024
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: capacity) { buffer, initialized in
            repeat {
                count = unsafe read(descriptor, buffer.baseAddress, capacity)
            } while count < 0 && errno == EINTR
            initialized = max(0, count)
        }
        guard count >= 0 else {
            throw PostgresError(.invalidArgument, "\(path) cannot be read: \(SystemError.current)")
        }
        return bytes
    }
}
