/// Sent as the range type of its bounds, in binary; as text if that is a type of one's own.
extension PostgresRange: PostgresEncodable, PostgresDecodable, PostgresArrayEncodable, PostgresArrayDecodable
where Bound: PostgresRangeBound {}

extension PostgresRange: RangeForm where Bound: PostgresRangeBound {
    static var declaredType: PostgresOID { Bound.rangeType }

    static func boundType(of type: PostgresOID, format: PostgresFormat) -> PostgresOID? {
        Bound.boundType(of: type, format: format)
    }

    static func read(
        from reader: inout WireReader, format: PostgresFormat,
        _ bound: (inout WireReader) throws(WireError) -> Bound
    ) throws(WireError) -> PostgresRange {
        try RangeCodec.decode(from: &reader, format: format, bound)
    }

    func encodeBinary(into writer: inout WireWriter) { RangeCodec.encode(self, into: &writer) }
}

extension PostgresRange: CustomStringConvertible, RangeText where Bound: PostgresEncodable {
    func encodeText(into writer: inout WireWriter) { RangeCodec.encodeText(self, into: &writer) }
}
