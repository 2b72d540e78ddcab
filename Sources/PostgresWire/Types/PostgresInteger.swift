/// Reads the integer types of PostgreSQL as any integer type of Swift that holds the value.
@usableFromInline
enum PostgresInteger {
    /// Whether values of `type` are integers.
    @inline(__always)
    static func canDecode(_ type: PostgresOID) -> Bool {
        switch type {
        case .int2, .int4, .int8, .oid: true
        default: false
        }
    }

    /// Reads everything that is left as `int2`, `int4`, `int8` or `oid`.
    ///
    /// - Throws: ``WireError/truncated`` or ``WireError/trailingBytes`` for a wrong width, ``WireError/outOfRange``
    ///   for a value that `Value` cannot hold.
    @usableFromInline
    static func decode<Value: FixedWidthInteger>(
        _: Value.Type, from reader: inout WireReader, type: PostgresOID, format: PostgresFormat
    ) throws(WireError) -> Value {
        guard canDecode(type) else { throw .typeMismatch }
        guard format == .binary else { return try reader.readDecimal(as: Value.self) }
        let value: Value?
        switch type {
        case .int2: value = Value(exactly: try reader.readInt16())
        case .int4: value = Value(exactly: try reader.readInt32())
        case .int8: value = Value(exactly: try reader.readInt64())
        default: value = Value(exactly: try reader.readUInt32())
        }
        try reader.expectEnd()
        guard let value else { throw .outOfRange }
        return value
    }
}
