import PostgresClient
import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Our reading of password files beside libpq's own.
@Suite(.ownThread, .enabled(if: Libpq.newest != nil, "no libpq.so.5 is on this machine"))
struct PasswordFileAgreementTests {
    @Test func agreedOnWhateverGrows() throws {
        let libpq = try #require(Libpq.newest)
        var template = Array("/tmp/manticore-passfile-XXXXXX".utf8CString)
        let descriptor = unsafe mkstemp(&template)
        try #require(descriptor >= 0)
        let path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        defer {
            _ = close(descriptor)
            _ = unsafe unlink(path)
        }
        var random = SystemRandomNumberGenerator()
        var found = 0
        for _ in 0..<2_000 {
            let bytes = Self.file(&random)
            #expect(ftruncate(descriptor, 0) == 0)
            #expect(unsafe pwrite(descriptor, bytes, bytes.count, 0) == bytes.count)
            let database = ["d", "d:e", "d\\e", "*"].randomElement(using: &random) ?? "d"
            let own = PasswordFile(bytes).password(host: "h", port: 1, database: database, user: "u")?.copyBytes() ?? []
            let quoted = database.replacing("\\", with: "\\\\")
            let theirs = libpq.attempt(
                "host=h hostaddr=127.0.0.1 port=1 user=u dbname='\(quoted)' passfile=\(path) sslmode=disable "
                    + "gssencmode=disable"
            ).password
            #expect(own == theirs, "\(String(decoding: bytes, as: UTF8.self).debugDescription) for \(database)")
            if own != theirs { return }
            if !own.isEmpty { found += 1 }
        }
        #expect(found > 200, "found \(found)")
    }

    /// A few lines of which many nearly fit.
    private static func file(_ random: inout SystemRandomNumberGenerator) -> [UInt8] {
        let fields = [
            ["h", "h", "h", "h", "*", "*", "\\h", "hh", "", "H", "\\*", "h\\"],
            ["1", "1", "1", "1", "*", "01", "2", "\\1", " 1"],
            ["d", "d", "d", "*", "*", "*", "d\\:e", "d:e", "d\\\\e", "d\\e", "\\*", "**"],
            ["u", "u", "u", "u", "*", "v", "u\\", "\\u"],
            ["word", "wo\\:rd", "wo:rd", "w\\\\", "w\\", "", " x ", "é", "#", "*"],
        ]
        var text = ""
        for _ in 0..<Int.random(in: 0...4, using: &random) {
            let line = fields.map { $0.randomElement(using: &random) ?? "" }.joined(separator: ":")
            text += ["", "", "", "", "#", " ", "\n"].randomElement(using: &random) ?? ""
            text += line + (["\n", "\n", "\r\n", "\r\r\n", "\n\n", "", ":\n"].randomElement(using: &random) ?? "")
        }
        return Array(text.utf8)
    }
}
