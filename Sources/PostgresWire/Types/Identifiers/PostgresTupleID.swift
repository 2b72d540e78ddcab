/// The place of a row in its table, as PostgreSQL's `tid` holds it, and the column `ctid` has it.
///
/// ```swift
/// let place = PostgresTupleID(block: 0, offset: 1)
/// print(place)  // (0,1)
/// ```
///
/// Source: PostgreSQL manual, "System Columns"; `src/backend/utils/adt/tid.c` (`tidsend`).
public struct PostgresTupleID: Hashable, Sendable {
    /// The number of the block, from 0 on.
    public let block: UInt32
    /// The row's number in the block, from 1 on.
    public let offset: UInt16

    public init(block: UInt32, offset: UInt16) {
        self.block = block
        self.offset = offset
    }
}

extension PostgresTupleID: Comparable {
    public static func < (left: PostgresTupleID, right: PostgresTupleID) -> Bool {
        (left.block, left.offset) < (right.block, right.offset)
    }
}

extension PostgresTupleID: PostgresScalar {
    public static var postgresType: PostgresOID { .tid }

    /// Both numbers in parentheses: `(0,1)`.
    public var description: String { "(\(block),\(offset))" }

    /// Reads ``description``'s format; nil for any other text.
    public init?(utf8: [UInt8]) {
        var text = PostgresTextCursor(utf8)
        guard text.accept(UInt8(ascii: "(")), let block = text.number(as: UInt32.self), text.accept(UInt8(ascii: ",")),
            let offset = text.number(as: UInt16.self), text.acceptLast(")")
        else { return nil }
        self.init(block: block, offset: offset)
    }

    public init(binary reader: inout WireReader) throws(WireError) {
        block = try reader.readUInt32()
        offset = try reader.readUInt16()
    }

    public func encode(into writer: inout WireWriter) {
        writer.write(block)
        writer.write(offset)
    }
}
