import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// A folder of its own for one test, removed with what is in it when the last reference goes.
final class TemporaryFolder: Sendable {
    let path: String

    init() throws {
        var template = Array("/tmp/manticore-migrations-XXXXXX".utf8CString)
        let made = unsafe mkdtemp(&template) != nil
        try #require(made)
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    deinit { Self.remove(path) }

    /// Writes a file, or several, and returns the folder's path.
    func write(_ name: String, _ text: String) throws {
        try write(name, Array(text.utf8))
    }

    func write(_ name: String, _ bytes: [UInt8]) throws {
        let file = unsafe try #require(fopen(path + "/" + name, "wb"))
        defer { _ = unsafe fclose(file) }
        let count = unsafe fwrite(bytes, 1, bytes.count, file)
        try #require(count == bytes.count)
    }

    func read(_ name: String) throws -> String {
        let file = unsafe try #require(fopen(path + "/" + name, "rb"))
        defer { _ = unsafe fclose(file) }
        var bytes = [UInt8](repeating: 0, count: 65_536)
        let count = unsafe fread(&bytes, 1, bytes.count, file)
        return String(decoding: bytes.prefix(count), as: UTF8.self)
    }

    func makeFolder(_ name: String) throws {
        let result = unsafe mkdir(path + "/" + name, 0o777)
        try #require(result == 0)
    }

    func remove(_ name: String) throws {
        let result = unsafe unlink(path + "/" + name)
        try #require(result == 0)
    }

    var names: [String] { Self.names(in: path).sorted() }

    static func names(in path: String) -> [String] {
        guard let stream = unsafe opendir(path) else { return [] }
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

    private static func remove(_ path: String) {
        for name in names(in: path) {
            let item = path + "/" + name
            if unsafe unlink(item) != 0 { remove(item) }
        }
        unsafe rmdir(path)
    }
}
