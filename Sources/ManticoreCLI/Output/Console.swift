#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Writes to the standard streams: results to one, progress and complaints to the other.
enum Console {
    /// A line of results.
    static func say(_ line: String) { write(line + "\n", to: STDOUT_FILENO) }

    /// A line of progress or complaint; passwords in it are masked.
    static func complain(_ line: String) {
        let text = MaskedText.mask(line)
        // Only for eyes: whatever reads it from a file or a pipe finds each line whole.
        let lines = Terminal.error.width.map { WrappedText.lines(text, width: $0) } ?? [text]
        write(lines.joined(separator: "\n") + "\n", to: STDERR_FILENO)
    }

    /// Text as it is, all of it or as much as can be written.
    ///
    /// - Returns: The error's number where something could not be written; nil otherwise.
    @discardableResult
    static func write(_ text: String, to descriptor: Int32) -> Int32? {
        write(Array(text.utf8), to: descriptor)
    }

    /// Writes bytes as they are.
    ///
    /// - Returns: The error's number where something could not be written; nil otherwise.
    @discardableResult
    static func write(_ bytes: [UInt8], to descriptor: Int32) -> Int32? {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes { unsafe Self.write(descriptor, $0) }
            if count > 0 {
                rest = rest.dropFirst(count)
            } else if errno != EINTR {
                return errno
            }
        }
        return nil
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
}
