#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// A file that is written a piece at a time; what was in it before is gone.
final class CopyFileWriter {
    private let descriptor: Int32
    private let path: String
    private var isOpen = true

    /// - Throws: ``PostgresError/Code-swift.struct/invalidArgument`` if the file cannot be written.
    init(path: String) throws(PostgresError) {
        self.path = path
        var opened: Int32 = -1
        var reason: Int32 = EINVAL
        // A NUL would end the name early, and another file would be written.
        if !path.utf8.contains(0) {
            repeat {
                opened = unsafe open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
                reason = errno
            } while opened < 0 && reason == EINTR
        }
        guard opened >= 0 else {
            throw PostgresError(.invalidArgument, "\(path) cannot be written: \(SystemError(reason))")
        }
        descriptor = opened
    }

    deinit {
        if isOpen { _ = close(descriptor) }
    }

    func write(_ bytes: [UInt8]) throws(PostgresError) {
        var done = 0
        while done < bytes.count {
            let count = unsafe bytes.withUnsafeBytes { buffer in
                unsafe systemWrite(descriptor, UnsafeRawBufferPointer(rebasing: buffer[done...]))
            }
            if count >= 0 {
                done += count
            } else if errno != EINTR {
                throw PostgresError(.invalidArgument, "\(path) cannot be written: \(SystemError.current)")
            }
        }
    }

    /// Some file systems say only now that there was no room.
    func finish() throws(PostgresError) {
        isOpen = false
        guard close(descriptor) != 0, errno != EINTR else { return }
        throw PostgresError(.invalidArgument, "\(path) cannot be written: \(SystemError.current)")
    }
}

private func systemWrite(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) -> Int {
    unsafe write(descriptor, bytes.baseAddress, bytes.count)
}
