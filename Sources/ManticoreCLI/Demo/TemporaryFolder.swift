import Manticore

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// A new folder of random name for files that are needed for a moment; it has no folders in it.
struct TemporaryFolder: Sendable {
    let path: String

    /// Makes the folder in `TMPDIR`, else in `/tmp`; only the user can enter it.
    init(prefix: String) throws(PostgresError) {
        let asked = ProcessVariables.value(of: "TMPDIR") ?? ""
        let base = asked.isEmpty ? "/tmp" : asked
        var template = Array("\(base)/\(prefix)-XXXXXX".utf8CString)
        guard unsafe mkdtemp(&template) != nil else {
            throw PostgresError(.invalidConfiguration, "no folder can be made in \(base); set TMPDIR to another place")
        }
        path = String(decoding: template.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// Removes the folder and the files in it; harmless when it is gone.
    func remove() {
        if let stream = unsafe opendir(path) {
            defer { unsafe closedir(stream) }
            while let entry = unsafe readdir(stream) {
                let name = unsafe withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                    unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
                }
                if name != ".", name != ".." { unsafe unlink(path + "/" + name) }
            }
        }
        unsafe rmdir(path)
    }
}
