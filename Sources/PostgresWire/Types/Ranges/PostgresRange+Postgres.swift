/// Sent as the range type of its bounds, in binary; as text if that is a type of one's own.
extension PostgresRange: PostgresEncodable where Bound: PostgresRangeBound {
    public var postgresType: PostgresOID { Bound.rangeType }
    public var postgresFormat: PostgresFormat { Bound.rangeType == .unspecified ? .text : .binary }

    public func encode(into writer: inout WireWriter) {
        switch postgresFormat {
        case .binary:
            RangeCodec.encode(self, into: &writer)
        case .text: RangeCodec.encodeText(self, into: &writer)
        }
    }
}

extension PostgresRange: PostgresDecodable where Bound: PostgresRangeBound {
    public static func canDecode(_ type: PostgresOID, format: PostgresFormat) -> Bool {
        Bound.boundType(of: type, format: format) != nil
    }

    public init(from reader: inout WireReader, type: PostgresOID, format: PostgresFormat) throws(WireError) {
        guard let boundType = Bound.boundType(of: type, format: format) else { throw .typeMismatch }
        self = try RangeCodec.decode(from: &reader, format: format) { (reader) throws(WireError) -> Bound in
            try Bound(from: &reader, type: boundType, format: format)
        }
    }
}

extension PostgresRange: PostgresArrayEncodable where Bound: PostgresRangeBound {
    public static var arrayType: PostgresOID { Bound.rangeType.arrayType ?? .unspecified }
    public static var arrayElementType: PostgresOID { Bound.rangeType }
    public static var arrayFormat: PostgresFormat { Bound.rangeType == .unspecified ? .text : .binary }
}

extension PostgresRange: PostgresArrayDecodable where Bound: PostgresRangeBound {}

extension PostgresRange: CustomStringConvertible where Bound: PostgresEncodable {
    /// The range as the server prints it: `[1,5)`, `(,"2024-02-29 12:00:00"]`, `empty`.
    public var description: String {
        var writer = WireWriter()
        RangeCodec.encodeText(self, into: &writer)
        return String(decoding: writer.bytes, as: UTF8.self)
    }
}
