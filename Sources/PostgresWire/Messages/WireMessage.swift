/// A message of the frontend/backend protocol, as a value.
///
/// ```swift
/// var writer = WireWriter()
/// Frontend.Query(sql: "SELECT 1").encode(into: &writer)
/// ```
///
/// Source: PostgreSQL manual, "Message Formats".
public protocol WireMessage: Hashable, Sendable {
    /// The byte that starts the message; nil for those of the startup phase, which begin with their length.
    static var type: UInt8? { get }

    /// Writes everything after the length.
    func encodeBody(into writer: inout WireWriter)

    /// Reads everything after the length.
    ///
    /// - Throws: ``WireError`` if the bytes are no such message. The caller checks that none are left over.
    init(body reader: inout WireReader) throws(WireError)
}

extension WireMessage {
    /// Writes the whole message: type, length and body.
    public func encode(into writer: inout WireWriter) {
        writer.message(Self.type) { encodeBody(into: &$0) }
    }

    /// Reads a body and checks that it was read to its end.
    public static func decode(body bytes: [UInt8]) throws(WireError) -> Self {
        try WireReader.read(bytes) { (reader) throws(WireError) -> Self in
            let message = try Self(body: &reader)
            try reader.expectEnd()
            return message
        }
    }
}

/// The messages that a client sends.
public enum Frontend {}

/// The messages that a server sends.
public enum Backend {}
