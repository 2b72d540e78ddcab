import PostgresWire
import Testing

@testable import ManticoreTesting
@testable import PostgresClient

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// The engine without a socket: what comes in odd pieces, and what a server may and may not do to a session.
@Suite(.ownThread, .needsCertificates) struct TLSEngineTests {
    static let versions = [TLSSettings.Version.v1_2, .v1_3]

    private static func pair(_ version: TLSSettings.Version) throws -> TLSPair {
        var pair = try TLSPair(TLSPair.configuration(), TLSPair.server(to: version))
        try pair.handshake()
        return pair
    }

    private static func pattern(_ count: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: $0 * 7 + $0 >> 8) }
    }

    // Guard: TLSEngine.swift, `error == SSL_ERROR_WANT_READ` in `handshake`.
    @Test(arguments: versions, [1, 2, 5, 7])
    func handshakeInPieces(_ version: TLSSettings.Version, _ segment: Int) throws {
        var pair = try TLSPair(TLSPair.configuration(), TLSPair.server(to: version))
        try pair.handshake(segment: segment)
        #expect(pair.client.summary.version == version.rawValue)
        #expect(pair.client.summary.isHostVerified)
    }

    // Guard: TLSEngine.swift, `case SSL_ERROR_WANT_READ, SSL_ERROR_WANT_WRITE: return nil` in `read`.
    @Test(arguments: versions)
    func recordsSplitAnywhere(_ version: TLSSettings.Version) throws {
        let pair = try Self.pair(version)
        // 16 kB are a whole record; what follows shares the segment with its end.
        let message = Self.pattern(16 * 1024)
        for offset in Array(0...8) + [63, 64, 1000, 8191, 16_383, 16_384, 16_390, 16_400] {
            try pair.server.write(message)
            try pair.server.write([1, 2, 3])
            let sent = pair.server.drain()
            try pair.feedClient(sent.prefix(offset))
            var got = try pair.readClient() ?? []
            try pair.feedClient(sent.dropFirst(offset))
            got += try pair.readClient() ?? []
            #expect(got == message + [1, 2, 3], "split at \(offset)")
        }
    }

    @Test(arguments: versions)
    func recordsByteByByte(_ version: TLSSettings.Version) throws {
        let pair = try Self.pair(version)
        let message = Self.pattern(3000)
        try pair.server.write(message)
        var got: [UInt8] = []
        for byte in pair.server.drain() {
            try pair.feedClient([byte])
            got += try pair.readClient() ?? []
        }
        #expect(got == message)
    }

    // Guard: TLSEngine.swift, `read`: what is not application data is swallowed.
    @Test func keyUpdatesAndTickets() throws {
        let pair = try Self.pair(.v1_3)
        for round in 0..<50 {
            pair.server.updateKeys(asksBack: round % 2 == 0)
            if round % 5 == 0 { pair.server.sendTicket() }
            try pair.server.write([UInt8(round)])
            try pair.feedClient(pair.server.drain())
            #expect(try pair.readClient() == [UInt8(round)])
            #expect(try pair.writeClient([UInt8(round), 0]) == 2)
            pair.server.feed(pair.fromClient())
            #expect(try pair.server.read() == [UInt8(round), 0])
        }
    }

    // Guard: TLSEngine.swift, `mostUnaskedOutput`: a server that asks for new keys without end makes nothing grow.
    @Test func aFloodOfKeyUpdates() throws {
        let pair = try Self.pair(.v1_3)
        let error = #expect(throws: PostgresError.self) {
            for _ in 0..<10_000 {
                pair.server.updateKeys(asksBack: true)
                try pair.feedClient(pair.server.drain())
                _ = try pair.readClient()
            }
        }
        #expect(error?.code == .protocolViolation)
        #expect(pair.fromClient().count < 66 * 1024)
    }

    /// A link over a socket whose other end is the pair's server.
    private static func link(_ pair: TLSPair) throws -> (link: Link, server: Socket) {
        var ends: [Int32] = [-1, -1]
        #if canImport(Glibc)
            let kind = Int32(SOCK_STREAM.rawValue)
        #else
            let kind = SOCK_STREAM
        #endif
        try #require(unsafe socketpair(AF_UNIX, kind, 0, &ends) == 0)
        for end in ends { try #require(fcntl(end, F_SETFL, O_NONBLOCK) == 0) }
        var link = Link(Socket(descriptor: Descriptor(ends[0])))
        link.secure(by: pair.client)
        return (link, Socket(descriptor: Descriptor(ends[1])))
    }

    private static func send(_ bytes: [UInt8], through socket: Socket) throws {
        let outcome = unsafe bytes.withUnsafeBytes { unsafe socket.send($0) }
        guard case .bytes(bytes.count) = outcome else {
            Issue.record("\(outcome)")
            throw PostgresError(.connectionLost, "the socket took too little")
        }
    }

    // Guard: Sources/PostgresClient/Transport/Link.swift: `while ciphertextWithoutData <= Link.mostCiphertextWithoutData {`
    // A server that keeps the kernel's buffer full would never let go of the thread.
    @Test(arguments: [false, true])
    func recordsWithoutDataEnd(_ areTickets: Bool) throws {
        let pair = try Self.pair(.v1_3)
        var (link, socket) = try Self.link(pair)
        var sent = 0
        let error = #expect(throws: PostgresError.self) {
            while sent < 1024 * 1024 {
                for _ in 0..<100 {
                    if areTickets { pair.server.sendTicket() } else { pair.server.updateKeys(asksBack: false) }
                }
                let bytes = pair.server.drain()
                try #require(!bytes.isEmpty)
                try Self.send(bytes, through: socket)
                sent += bytes.count
                guard case .wouldBlock = try link.receive() else {
                    Issue.record("there was nothing to receive")
                    return
                }
            }
        }
        #expect(error?.code == .protocolViolation)
        #expect((128 * 1024...256 * 1024).contains(sent), "\(sent)")
    }

    // Guard: Link.swift, `if total > 0 { ciphertextWithoutData = 0 }`.
    @Test func recordsWithoutDataBetweenOthers() throws {
        let pair = try Self.pair(.v1_3)
        var (link, socket) = try Self.link(pair)
        var sent = 0
        while sent < 512 * 1024 {
            for _ in 0..<50 { pair.server.sendTicket() }
            try pair.server.write([1])
            let bytes = pair.server.drain()
            try Self.send(bytes, through: socket)
            sent += bytes.count
            guard case .bytes = try link.receive() else {
                Issue.record("the data did not come")
                return
            }
            link.start = link.end
            _ = link.makeRoom(for: 1, keepingBytes: false)
        }
    }

    // Guard: COpenSSL/shim.h, `SSL_OP_NO_RENEGOTIATION`.
    @Test func renegotiationIsRefused() throws {
        let pair = try Self.pair(.v1_2)
        pair.server.renegotiate()
        try pair.feedClient(pair.server.drain())
        #expect(try pair.readClient() == [])
        // A warning, and no ClientHello: a record of type 21, encrypted.
        let answer = pair.fromClient()
        #expect(answer.first == 21)
        pair.server.feed(answer)
        let error = #expect(throws: PostgresError.self) { try pair.server.read() }
        #expect(error?.message.contains("no renegotiation") == true, "\(error?.message ?? "")")
    }

    // Guards: TLSEngine.swift, `case SSL_ERROR_ZERO_RETURN: return 0` and `end()`.
    @Test(arguments: versions)
    func closingAndTruncation(_ version: TLSSettings.Version) throws {
        let orderly = try Self.pair(version)
        try orderly.server.write([1, 2, 3])
        orderly.server.close()
        try orderly.feedClient(orderly.server.drain())
        #expect(try orderly.readClient() == [1, 2, 3])
        #expect(try orderly.readClient() == nil)
        #expect(orderly.client.isClosedByServer)
        try orderly.client.end()

        for kept in [1, 4, 5, 6, 20, 1000] {
            let cut = try Self.pair(version)
            try cut.server.write(Self.pattern(2000))
            try cut.feedClient(cut.server.drain().prefix(kept))
            #expect(try cut.readClient() == [])
            #expect(!cut.client.isClosedByServer)
            let error = #expect(throws: PostgresError.self, "after \(kept)") { try cut.client.end() }
            #expect(error?.code == .connectionLost)
        }
        // Between two records an end is none of TLS's, but the layer above sees that it is not an orderly one.
        let between = try Self.pair(version)
        try between.server.write([1])
        try between.feedClient(between.server.drain())
        #expect(try between.readClient() == [1])
        try between.client.end()
        #expect(!between.client.isClosedByServer)
    }

    // Guard: TLSEngine.swift, `default:` in `read`: a changed byte is an error, not data.
    @Test(arguments: versions)
    func aChangedByte(_ version: TLSSettings.Version) throws {
        for position in [5, 20, 100] {
            let pair = try Self.pair(version)
            try pair.server.write(Self.pattern(200))
            var sent = pair.server.drain()
            sent[position] ^= 1
            try pair.feedClient(sent)
            let error = #expect(throws: PostgresError.self) { try pair.readClient() }
            #expect(error?.code == .connectionLost)
        }
    }

    struct Answer: Sendable, CustomTestStringConvertible {
        let bytes: [UInt8]
        let complaint: String
        let testDescription: String
    }

    // Guards: TLSEngine.swift, `if let alert = failure.alert` in `handshake`, `SSL_R_WRONG_VERSION_NUMBER`.
    static let answers = [
        Answer(bytes: [21, 3, 3, 0, 2, 2, 40], complaint: "handshake_failure", testDescription: "handshake_failure"),
        Answer(
            bytes: [21, 3, 3, 0, 2, 2, 70], complaint: "ssl_min_protocol_version", testDescription: "protocol_version"),
        Answer(bytes: [21, 3, 3, 0, 2, 2, 112], complaint: "unrecognized_name", testDescription: "unrecognized_name"),
        Answer(bytes: [21, 3, 3, 0, 2, 2, 120], complaint: "protocol postgresql", testDescription: "no protocol"),
        Answer(
            bytes: [21, 3, 3, 0, 2, 2, 199], complaint: "number 199", testDescription: "an alert nobody knows"),
        Answer(bytes: Array("HTTP/1.1 400 Bad Request\r\n\r\n".utf8), complaint: "is not TLS", testDescription: "HTTP"),
        Answer(bytes: Array("E\0\0\0\u{8}SFATAL".utf8), complaint: "is not TLS", testDescription: "an ErrorResponse"),
        Answer(
            bytes: [UInt8](repeating: 0, count: 64), complaint: "is not TLS", testDescription: "zeroes"),
        Answer(
            bytes: [22, 3, 3, 0xFF, 0xFF] + [UInt8](repeating: 2, count: 64), complaint: "handshake failed",
            testDescription: "a record that is too long"),
        Answer(
            bytes: [22, 3, 3, 0, 4, 2, 0xFF, 0xFF, 0xFF], complaint: "handshake failed",
            testDescription: "a message of 16 MB"),
    ]

    @Test(arguments: answers)
    func answersThatAreNoHandshake(_ answer: Answer) throws {
        let engine = try TLSEngine(TLSPair.context(TLSPair.configuration()), ServerHost("localhost"))
        #expect(try engine.handshake() == false)
        try unsafe answer.bytes.withUnsafeBytes { try unsafe engine.feed($0) }
        let error = #expect(throws: PostgresError.self) { try engine.handshake() }
        #expect(error?.code == .tls)
        #expect(error?.message.contains(answer.complaint) == true, "\(error?.message ?? "")")
    }

    // Guard: TLSEngine.swift, `ERR_clear_error()` before each call: another session's failure is not this one's.
    @Test func oneSessionsErrorsAreNotAnothers() throws {
        let pair = try Self.pair(.v1_3)
        let broken = try TLSEngine(TLSPair.context(TLSPair.configuration()), ServerHost("localhost"))
        _ = try broken.handshake()
        try unsafe [UInt8](repeating: 0, count: 64).withUnsafeBytes { try unsafe broken.feed($0) }
        _ = try? broken.handshake()
        #expect(try pair.readClient() == [])
        try pair.server.write([1])
        try pair.feedClient(pair.server.drain())
        #expect(try pair.readClient() == [1])
    }
}
