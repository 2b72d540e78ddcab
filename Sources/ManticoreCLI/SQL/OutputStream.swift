#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Standard output, which remembers that it could not be written to: a file half written must not look whole.
final class OutputStream {
    /// Why something could not be written; nil if everything was. A reader who has had enough is no failure.
    private(set) var failure: String?

    func write(_ text: String) {
        write(Array(text.utf8))
    }

    func write(_ bytes: [UInt8]) {
        guard failure == nil, let number = Console.write(bytes, to: STDOUT_FILENO), number != EPIPE else { return }
        failure = unsafe String(cString: strerror(number))
    }
}
