/// A hardware address of six bytes, as PostgreSQL's `macaddr` holds it.
///
/// ```swift
/// let address = PostgresMACAddress("08:00:2b:01:02:03")
/// ```
///
/// Source: PostgreSQL manual, "macaddr"; `src/backend/utils/adt/mac.c` (`macaddr_send`).
public struct PostgresMACAddress: Hashable, Sendable {
    /// The six bytes as a number, the first of them the most significant.
    public let value: UInt64

    /// Makes an address of six bytes; nil for any other number of bytes.
    public init?(bytes: some Collection<UInt8>) {
        guard bytes.count == 6 else { return nil }
        value = bytes.reduce(0) { $0 << 8 | UInt64($1) }
    }

    /// The six bytes.
    public var bytes: [UInt8] { PostgresMACAddressText.bytes(value, count: 6) }
}

extension PostgresMACAddress: Comparable {
    public static func < (left: PostgresMACAddress, right: PostgresMACAddress) -> Bool { left.value < right.value }
}

extension PostgresMACAddress: PostgresScalar {
    public static var postgresType: PostgresOID { .macaddr }

    /// The bytes in hexadecimal: `08:00:2b:01:02:03`.
    public var description: String { PostgresMACAddressText.describe(bytes) }

    /// Reads six bytes in hexadecimal, with colons, hyphens or points between them, or with nothing; nil for any other
    /// text.
    public init?(utf8: [UInt8]) {
        guard let bytes = PostgresMACAddressText.read(utf8) else { return nil }
        self.init(bytes: bytes)
    }

    public init(binary reader: inout WireReader) throws(WireError) {
        value = UInt64(try reader.readUInt16()) << 32 | UInt64(try reader.readUInt32())
    }

    public func encode(into writer: inout WireWriter) {
        writer.write(UInt16(truncatingIfNeeded: value >> 32))
        writer.write(UInt32(truncatingIfNeeded: value))
    }
}
