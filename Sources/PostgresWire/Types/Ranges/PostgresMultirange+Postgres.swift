/// Sent as the multirange type of its bounds, in binary; as text if that is a type of one's own.
extension PostgresMultirange: PostgresEncodable where Bound: PostgresRangeBound {
    public var postgresType: PostgresOID { Bound.multirangeType }
    public var postgresFormat: PostgresFormat { Bound.multirangeType == .unspecified ? .text : .binary }

    public func encode(into writer: inout WireWriter) {
        switch postgresFormat {
        case .binary:
            writer.write(Int32(truncatingIfNeeded: ranges.count))
            for range in ranges { writer.lengthPrefixed { RangeCodec.encode(range, into: &$0) } }
        case .text: RangeCodec.encodeText(self, into: &writer)
        }
    }
}

extension PostgresMultirange: PostgresDecodable where Bound: PostgresRangeBound {
    public static func canDecode(_ type: PostgresOID, format: PostgresFormat) -> Bool {
        Bound.boundType(ofMultirange: type, format: format) != nil
    }

    public init(from reader: inout WireReader, type: PostgresOID, format: PostgresFormat) throws(WireError) {
        guard let boundType = Bound.boundType(ofMultirange: type, format: format) else { throw .typeMismatch }
        self = try RangeCodec.decodeMany(from: &reader, format: format) { (reader) throws(WireError) -> Bound in
            try Bound(from: &reader, type: boundType, format: format)
        }
    }
}

extension PostgresMultirange: PostgresArrayEncodable where Bound: PostgresRangeBound {
    public static var arrayType: PostgresOID { Bound.multirangeType.arrayType ?? .unspecified }
    public static var arrayElementType: PostgresOID { Bound.multirangeType }
    public static var arrayFormat: PostgresFormat { Bound.multirangeType == .unspecified ? .text : .binary }
}

extension PostgresMultirange: PostgresArrayDecodable where Bound: PostgresRangeBound {}

extension PostgresMultirange: CustomStringConvertible where Bound: PostgresEncodable {
    /// The multirange as the server prints it: `{[1,5),[7,9)}`.
    public var description: String {
        var writer = WireWriter()
        RangeCodec.encodeText(self, into: &writer)
        return String(decoding: writer.bytes, as: UTF8.self)
    }
}
