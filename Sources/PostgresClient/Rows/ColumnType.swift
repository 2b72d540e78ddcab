/// A column's type and format, all that a value's decoder needs to know of it.
@frozen
public struct ColumnType: Sendable {
    public let type: PostgresOID
    public let format: PostgresFormat

    @usableFromInline
    init(_ column: ColumnDescription) {
        type = column.typeOID
        format = column.format
    }

    init(_ type: PostgresOID, _ format: PostgresFormat) {
        self.type = type
        self.format = format
    }

    /// Reads a value with its length before it.
    @inlinable
    @inline(__always)
    func decode<Value: PostgresDecodable>(
        _ type: Value.Type, from reader: inout WireReader
    ) throws(WireError) -> Value {
        let length = try reader.readInt32()
        guard length >= 0 else {
            guard length == -1 else { throw .invalidLength }
            return try Value.decodeNull()
        }
        var cell = try reader.split(Int(length))
        let value = try Value(from: &cell, type: self.type, format: format)
        try cell.expectEnd()
        return value
    }
}
