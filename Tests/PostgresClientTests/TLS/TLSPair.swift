import ManticoreTesting
import PostgresWire
import Testing

@testable import PostgresClient

/// A client's and a server's TLS, joined by memory.
struct TLSPair {
    let client: TLSEngine
    let server: TLSServerEngine
    /// What went wrong on the server's side.
    private(set) var serverError: PostgresError?

    /// The settings of a client that believes the zoo's root, and finds nothing in its home.
    static func configuration(_ host: String = "localhost", _ mode: SSLMode = .verifyFull) throws
        -> ConnectionConfiguration
    {
        var configuration = try ConnectionConfiguration.resolve(
            host: host, user: "alice", database: "bank", environment: ["HOME": "/nonexistent"])
        configuration.requestedSSLMode = mode
        configuration.tls.roots = .file(try CertificateZoo.file("roots.crt"))
        return configuration
    }

    static func server(
        _ certificate: String = "localhost", key: String = "server", clientCA: String? = nil, requires: Bool = false,
        from minimum: TLSSettings.Version = .v1_2, to maximum: TLSSettings.Version? = nil,
        alpn: [String] = ["postgresql"], mischief: TLSServerEngine.Mischief = []
    ) throws -> TLSServerEngine {
        try TLSServerEngine(
            certificateFile: CertificateZoo.file("\(certificate).crt"), keyFile: CertificateZoo.file("\(key).key"),
            clientCAFile: clientCA.map { try CertificateZoo.file($0) }, requiresClientCertificate: requires,
            minimumVersion: minimum, maximumVersion: maximum, alpn: alpn, mischief: mischief)
    }

    static func context(_ configuration: ConnectionConfiguration, home: String = "/nonexistent") throws(PostgresError)
        -> TLSContext
    {
        try TLSContext(configuration, configuration.host, environment: ["HOME": home])
    }

    init(_ configuration: ConnectionConfiguration, _ server: TLSServerEngine, home: String = "/nonexistent")
        throws(PostgresError)
    {
        client = try TLSEngine(try TLSPair.context(configuration, home: home), configuration.host)
        self.server = server
    }

    /// What the client has to send.
    func fromClient() -> [UInt8] {
        var bytes: [UInt8] = []
        client.drain(into: &bytes)
        return bytes
    }

    func feedClient(_ bytes: some Sequence<UInt8>) throws(PostgresError) {
        let bytes = Array(bytes)
        try unsafe bytes.withUnsafeBufferPointer { (buffer) throws(PostgresError) in
            try unsafe client.feed(UnsafeRawBufferPointer(buffer))
        }
    }

    /// Exchanges messages until both sides are done.
    ///
    /// - Parameter segment: how many bytes the client gets at a time.
    mutating func handshake(segment: Int = .max) throws(PostgresError) {
        var isClientDone = false
        var isServerDone = false
        for _ in 0..<20 {
            if !isClientDone { isClientDone = try client.handshake() }
            server.feed(fromClient())
            if !isServerDone, serverError == nil {
                do throws(PostgresError) {
                    isServerDone = try server.handshake()
                } catch {
                    serverError = error
                }
            }
            var rest = server.drain()[...]
            if isClientDone, isServerDone || serverError != nil {
                try feedClient(rest)
                return
            }
            while !rest.isEmpty {
                try feedClient(rest.prefix(segment))
                rest = rest.dropFirst(segment)
                if !isClientDone { isClientDone = try client.handshake() }
            }
        }
    }

    /// All that the client can decrypt now; nil after the server's close.
    func readClient() throws(PostgresError) -> [UInt8]? {
        var output: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while true {
            var failure: PostgresError?
            let count = unsafe buffer.withUnsafeMutableBytes { buffer -> Int? in
                do throws(PostgresError) {
                    return try unsafe client.read(into: buffer)
                } catch {
                    failure = error
                    return nil
                }
            }
            if let failure { throw failure }
            guard let count else { return output }
            if count == 0 { return output.isEmpty ? nil : output }
            output += buffer.prefix(count)
        }
    }

    func writeClient(_ bytes: [UInt8]) throws(PostgresError) -> Int {
        try unsafe bytes.withUnsafeBufferPointer { (buffer) throws(PostgresError) in
            try unsafe client.write(UnsafeRawBufferPointer(buffer))
        }
    }
}
