import PostgresWire

/// What a client has said on one connection, taken apart.
struct ClientSpeech {
    /// The codes of the messages without a type, in their order: 80877103 is SSLRequest, 196608 protocol 3.0.
    private(set) var requests: [UInt32] = []
    /// What the startup message says, by name.
    private(set) var parameters: [String: String] = [:]
    /// The messages after it.
    private(set) var messages: [(type: UInt8, body: [UInt8])] = []
    /// What is left: a message that was cut off, or something else altogether.
    private(set) var rest: [UInt8] = []

    static let sslRequest: UInt32 = 80_877_103
    static let gssRequest: UInt32 = 80_877_104
    static let cancelRequest: UInt32 = 80_877_102

    /// How many messages began a session.
    var startups: Int { requests.count { $0 >> 16 == 3 } }

    init(_ bytes: [UInt8]) {
        var bytes = bytes[...]
        while startups == 0, let (_, body) = Self.take(&bytes, headerLength: 4) {
            let code = UInt32(truncatingIfNeeded: Self.number(body.prefix(4)))
            requests.append(code)
            guard code >> 16 == 3 else { continue }
            let texts = body.dropFirst(4).split(separator: 0, omittingEmptySubsequences: false)
                .map { String(decoding: $0, as: UTF8.self) }
            for index in stride(from: 0, to: texts.count - 1, by: 2) where !texts[index].isEmpty {
                parameters[texts[index]] = texts[index + 1]
            }
        }
        // A second startup message where a typed one must come is one of type 0 that is cut off: it ends up in the rest.
        while let (type, body) = Self.take(&bytes, headerLength: 5) { messages.append((type, body)) }
        rest = Array(bytes)
    }

    private static func number(_ bytes: some Sequence<UInt8>) -> Int { bytes.reduce(0) { $0 << 8 | Int($1) } }

    private static func take(_ bytes: inout ArraySlice<UInt8>, headerLength: Int) -> (type: UInt8, body: [UInt8])? {
        guard let type = bytes.first, bytes.count >= headerLength else { return nil }
        let length = number(bytes.dropFirst(headerLength - 4).prefix(4))
        guard length >= 4, bytes.count >= headerLength - 4 + length else { return nil }
        defer { bytes = bytes.dropFirst(headerLength - 4 + length) }
        return (type, Array(bytes.dropFirst(headerLength).prefix(length - 4)))
    }
}
