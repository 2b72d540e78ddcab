import PostgresWire
import Testing

@testable import ManticoreTesting
@testable import PostgresClient

/// Contexts are shared as long as nothing that decides them has changed.
@Suite(.ownThread, .needsCertificates) struct TLSContextTests {
    // Guard: TLSContextCache.swift, `if let found = find(key)`.
    @Test func equalSettingsShareOne() throws {
        let first = try TLSPair.context(TLSPair.configuration())
        let second = try TLSPair.context(TLSPair.configuration())
        #expect(first.shared === second.shared)
    }

    // Guard: TLSContextKey.swift: each of these is a part of the key.
    @Test func everySettingCounts() throws {
        let zoo = try CertificateZoo.folder
        let changes: [(inout ConnectionConfiguration) -> Void] = [
            { _ in }, { $0.requestedSSLMode = .verifyCA }, { $0.tls.roots = .file(zoo + "/other.crt") },
            { $0.tls.roots = .system }, { $0.tls.revocationListFile = zoo + "/good.crl" },
            { $0.tls.revocationListDirectory = zoo + "/good_crls" }, { $0.tls.minimumVersion = .v1_3 },
            { $0.tls.maximumVersion = .v1_2 }, { $0.tls.negotiation = .direct }, { $0.tls.sendsServerName = false },
            { $0.tls.keyLogFile = zoo + "/never-written" }, { $0.tls.certificateMode = .require },
            {
                $0.tls.certificateFile = zoo + "/client.crt"
                $0.tls.keyFile = zoo + "/client.key"
            },
            {
                $0.tls.certificateFile = zoo + "/client.crt"
                $0.tls.keyFile = zoo + "/client.key"
                $0.tls.keyPassword = Secret("a")
            },
            {
                $0.tls.certificateFile = zoo + "/client.crt"
                $0.tls.keyFile = zoo + "/client.key"
                $0.tls.keyPassword = Secret("b")
            },
        ]
        var contexts: [TLSContext] = []
        for change in changes {
            var configuration = try TLSPair.configuration()
            change(&configuration)
            contexts.append(try TLSPair.context(configuration))
        }
        #expect(Set(contexts.map(\.key)).count == changes.count)
        #expect(Set(contexts.map { ObjectIdentifier($0.shared) }).count == changes.count)
    }

    // Guard: TLSContextKey.swift, `paths`: equal strings may name two files.
    @Test func pathsAreComparedByTheirBytes() throws {
        var configuration = try TLSPair.configuration()
        configuration.tls.keyLogFile = "/nonexistent/caf\u{E9}"
        let first = try TLSPair.context(configuration)
        configuration.tls.keyLogFile = "/nonexistent/cafe\u{301}"
        let second = try TLSPair.context(configuration)
        #expect(first.key.keyLogFile == second.key.keyLogFile)
        #expect(first.key != second.key && first.shared !== second.shared)
    }

    // Guard: TLSContextKey.swift, `files`: the files' identity is a part of the key.
    @Test func aChangedFileIsNoticed() throws {
        let folder = try CertificateZoo.makeFolder()
        defer { CertificateZoo.removeFolder(folder) }
        var configuration = try TLSPair.configuration()
        configuration.tls.roots = .file(folder + "/root.crt")
        try CertificateZoo.write(CertificateZoo.bytes("other.crt"), to: folder + "/root.crt")
        var stranger = try TLSPair(configuration, TLSPair.server())
        #expect(throws: PostgresError.self) { try stranger.handshake() }
        try CertificateZoo.write(CertificateZoo.bytes("roots.crt"), to: folder + "/root.crt")
        var good = try TLSPair(configuration, TLSPair.server())
        try good.handshake()
    }

    // Guard: TLSContextCache.swift, `entries.count > capacity`.
    @Test func theCacheIsBoundedAndKeepsWhatIsUsed() throws {
        let cache = TLSContextCache(capacity: 3)
        var made = 0
        func context(_ name: String) throws -> TLSSharedContext {
            var configuration = try TLSPair.configuration()
            configuration.tls.keyLogFile = "/nonexistent/" + name
            let key = try TLSContextKey(
                configuration, configuration.host, environment: ["HOME": "/nonexistent"], system: .current)
            return try cache.context(for: key) { () throws(PostgresError) in
                made += 1
                return try TLSSharedContext(key, keyPassword: nil)
            }
        }
        let first = try context("a")
        for name in ["b", "c", "a", "d", "a", "e", "a"] { _ = try context(name) }
        #expect(try context("a") === first)
        #expect(made == 5)
        _ = try context("b")
        #expect(made == 6)
    }
}
