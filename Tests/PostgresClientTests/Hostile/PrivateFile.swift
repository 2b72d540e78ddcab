#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// A file that nobody else may read, as a password file must be.
enum PrivateFile {
    struct Failure: Error {}

    static func write(_ text: String, to path: String) throws {
        let file = unsafe open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        guard file >= 0 else { throw Failure() }
        defer { _ = close(file) }
        let bytes = Array(text.utf8)
        guard writeAll(file, bytes) == bytes.count else { throw Failure() }
    }

    private static func writeAll(_ file: Int32, _ bytes: [UInt8]) -> Int {
        #if canImport(Glibc)
            unsafe Glibc.write(file, bytes, bytes.count)
        #elseif canImport(Musl)
            unsafe Musl.write(file, bytes, bytes.count)
        #else
            unsafe Darwin.write(file, bytes, bytes.count)
        #endif
    }

    static func remove(_ path: String) { _ = unsafe unlink(path) }
}
