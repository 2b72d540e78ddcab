/// A position in the write-ahead log, as PostgreSQL's `pg_lsn` holds it.
///
/// ```swift
/// let position = PostgresLSN("16/B374D848")
/// ```
///
/// Source: PostgreSQL manual, "pg_lsn Type"; `src/backend/utils/adt/pg_lsn.c` (`pg_lsn_send`).
public struct PostgresLSN: Hashable, Sendable {
    /// The number of bytes from the beginning of the log.
    public let position: UInt64

    public init(position: UInt64) {
        self.position = position
    }
}

extension PostgresLSN: Comparable {
    public static func < (left: PostgresLSN, right: PostgresLSN) -> Bool { left.position < right.position }
}

extension PostgresLSN: PostgresScalar {
    public static var postgresType: PostgresOID { .pgLsn }

    /// The upper and the lower half in hexadecimal: `16/B374D848`.
    public var description: String {
        String(position >> 32, radix: 16, uppercase: true) + "/"
            + String(position & 0xFFFF_FFFF, radix: 16, uppercase: true)
    }

    /// Reads one to eight hexadecimal digits on either side of a slash; nil for any other text.
    public init?(utf8: [UInt8]) {
        var text = PostgresTextCursor(utf8)
        guard let high = text.hexadecimal(), text.accept(UInt8(ascii: "/")), let low = text.hexadecimal(), text.isAtEnd
        else { return nil }
        position = UInt64(high) << 32 | UInt64(low)
    }

    public init(binary reader: inout WireReader) throws(WireError) {
        position = try reader.readUInt64()
    }

    public func encode(into writer: inout WireWriter) {
        writer.write(position)
    }
}
