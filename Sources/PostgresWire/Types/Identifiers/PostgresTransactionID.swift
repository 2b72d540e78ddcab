/// The number of a transaction, as PostgreSQL's `xid` holds it: 32 bits that wrap around, so that there is no order.
///
/// ```swift
/// let id = PostgresTransactionID(742)
/// ```
///
/// Source: PostgreSQL manual, "Object Identifier Types"; `src/backend/utils/adt/xid.c` (`xidsend`).
public struct PostgresTransactionID: Hashable, Sendable {
    /// The number.
    public let number: UInt32

    public init(_ number: UInt32) {
        self.number = number
    }
}

extension PostgresTransactionID: PostgresScalar {
    public static var postgresType: PostgresOID { .xid }

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
