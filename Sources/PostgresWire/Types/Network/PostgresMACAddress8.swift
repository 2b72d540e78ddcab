/// A hardware address of eight bytes (EUI-64), as PostgreSQL's `macaddr8` holds it.
///
/// ```swift
/// let address = PostgresMACAddress8("08:00:2b:01:02:03:04:05")
/// ```
///
/// Source: PostgreSQL manual, "macaddr8"; `src/backend/utils/adt/mac8.c` (`macaddr8_send`).
public struct PostgresMACAddress8: Hashable, Sendable {
    /// The eight bytes as a number, the first of them the most significant.
    public let value: UInt64

    /// Makes an address of eight bytes; nil for any other number of bytes.
    public init?(bytes: some Collection<UInt8>) {
        guard bytes.count == 8 else { return nil }
        value = bytes.reduce(0) { $0 << 8 | UInt64($1) }
    }

    /// The address as the server converts it: with the bytes FF and FE in the middle.
    public init(_ address: PostgresMACAddress) {
        value = (address.value >> 24) << 40 | 0xFF_FE00_0000 | address.value & 0xFF_FFFF
    }

    /// The eight bytes.
    public var bytes: [UInt8] { PostgresMACAddressText.bytes(value, count: 8) }
}

extension PostgresMACAddress8: Comparable {
    public static func < (left: PostgresMACAddress8, right: PostgresMACAddress8) -> Bool { left.value < right.value }
}

extension PostgresMACAddress8: PostgresScalar {
    public static var postgresType: PostgresOID { .macaddr8 }

    /// The bytes in hexadecimal: `08:00:2b:01:02:03:04:05`.
    public var description: String { PostgresMACAddressText.describe(bytes) }

    /// Reads eight bytes in hexadecimal, with colons, hyphens or points between them, or with nothing; nil for any other
    /// text, six bytes included.
    public init?(utf8: [UInt8]) {
        guard let bytes = PostgresMACAddressText.read(utf8) else { return nil }
        self.init(bytes: bytes)
    }

    public init(binary reader: inout WireReader) throws(WireError) {
        value = try reader.readUInt64()
    }

    public func encode(into writer: inout WireWriter) {
        writer.write(value)
    }
}
