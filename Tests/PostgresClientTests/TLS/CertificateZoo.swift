import Synchronization
import Testing

@testable import ManticoreTesting

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

extension Trait where Self == ConditionTrait {
    /// Runs only where the certificates can be made.
    static var needsCertificates: Self {
        .enabled(if: CertificateZoo.isAvailable, "Fixtures/make-certificates.sh cannot be read")
    }
}

/// The certificates that `Fixtures/make-certificates.sh` makes, once for the process and gone with it.
enum CertificateZoo {
    /// The password of the encrypted client keys.
    static let keyPassword = "dUmmyP^#+"

    private static let path: Mutex<String?> = Mutex(nil)
    // In a child process, the folder of the process that started it.
    private static let adopted: Mutex<String?> = Mutex(nil)

    private static let script = (#filePath.split(separator: "/").dropLast(4) + ["Fixtures", "make-certificates.sh"])
        .map { "/" + $0 }.joined()

    /// Whether the script is there and may be read: whoever runs the tests need not have the sources.
    static var isAvailable: Bool { unsafe access(script, R_OK) == 0 }

    private static let made = Result { () throws -> String in
        let folder = Files.temporaryFolder(for: .caller()) + "-tls"
        let result = try ChildProcess.run(["/bin/sh", script, folder])
        try #require(result.status == 0, "\(result.output)")
        path.withLock { $0 = folder }
        atexit { CertificateZoo.remove() }
        return folder
    }

    /// The folder with the files.
    static var folder: String {
        get throws { try adopted.withLock { $0 } ?? made.get() }
    }

    /// Uses the files that another process made and will remove.
    static func adopt(_ folder: String) { adopted.withLock { $0 = folder } }

    static func file(_ name: String) throws -> String { try folder + "/" + name }

    static func bytes(_ name: String) throws -> [UInt8] {
        let path = try file(name)
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        try #require(descriptor >= 0)
        defer { close(descriptor) }
        return Files.readAll(descriptor)
    }

    /// What the command `openssl` writes.
    static func openssl(_ words: String...) throws -> String {
        let program = try #require(Programs.find("openssl"))
        let result = try ChildProcess.run([program] + words)
        try #require(result.status == 0, "\(result.output)")
        return result.output
    }

    /// A folder of the test's own, which ``removeFolder(_:)`` removes.
    static func makeFolder() throws -> String {
        let folder = Files.temporaryFolder(for: .caller()) + "-tls"
        try Files.createFolder(folder, owner: .caller())
        return folder
    }

    static func write(_ bytes: [UInt8], to path: String, mode: mode_t = 0o600) throws {
        Files.remove(path)
        let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        try #require(descriptor >= 0)
        defer { close(descriptor) }
        try #require(systemWrite(descriptor, bytes) == bytes.count)
        try #require(fchmod(descriptor, mode) == 0)
    }

    static func removeFolder(_ folder: String) {
        for name in Files.names(in: folder) {
            let path = folder + "/" + name
            if unsafe unlink(path) != 0 { removeFolder(path) }
        }
        unsafe rmdir(folder)
    }

    private static func remove() {
        guard let folder = path.withLock({ $0 }) else { return }
        removeFolder(folder)
    }
}

private func systemWrite(_ descriptor: Int32, _ bytes: [UInt8]) -> Int {
    unsafe write(descriptor, bytes, bytes.count)
}
