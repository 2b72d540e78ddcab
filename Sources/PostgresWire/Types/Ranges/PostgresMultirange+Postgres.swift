/// Sent as the multirange type of its bounds, in binary; as text if that is a type of one's own.
extension PostgresMultirange: PostgresEncodable, PostgresDecodable, PostgresArrayEncodable, PostgresArrayDecodable
where Bound: PostgresRangeBound {}

extension PostgresMultirange: RangeForm where Bound: PostgresRangeBound {
    static var declaredType: PostgresOID { Bound.multirangeType }

    static func boundType(of type: PostgresOID, format: PostgresFormat) -> PostgresOID? {
        Bound.boundType(ofMultirange: type, format: format)
    }

    static func read(
        from reader: inout WireReader, format: PostgresFormat,
        _ bound: (inout WireReader) throws(WireError) -> Bound
    ) throws(WireError) -> PostgresMultirange {
        try RangeCodec.decodeMany(from: &reader, format: format, bound)
    }

    func encodeBinary(into writer: inout WireWriter) { RangeCodec.encode(self, into: &writer) }
}

extension PostgresMultirange: CustomStringConvertible, RangeText where Bound: PostgresEncodable {
    func encodeText(into writer: inout WireWriter) { RangeCodec.encodeText(self, into: &writer) }
}
