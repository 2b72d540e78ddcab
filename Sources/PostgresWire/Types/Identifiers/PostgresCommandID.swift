/// The number of a command within its transaction, as PostgreSQL's `cid` holds it.
///
/// ```swift
/// let id = PostgresCommandID(3)
/// ```
///
/// Source: PostgreSQL manual, "Object Identifier Types"; `src/backend/utils/adt/xid.c` (`cidsend`).
public struct PostgresCommandID: Hashable, Sendable {
    /// The number.
    public let number: UInt32

    public init(_ number: UInt32) {
        self.number = number
    }
}

extension PostgresCommandID: PostgresScalar {
    public static var postgresType: PostgresOID { .cid }

    /// The number in decimal.
    public var description: String { String(number) }

    /// Reads a number in decimal; nil for any other text.
    public init?(utf8: [UInt8]) {
        var text = PostgresTextCursor(utf8)
        guard let value = text.number(as: UInt32.self), text.isAtEnd else { return nil }
        number = value
    }

    public init(binary reader: inout WireReader) throws(WireError) {
        number = try reader.readUInt32()
    }

    public func encode(into writer: inout WireWriter) {
        writer.write(number)
    }
}
