/// What ranges and multiranges have in common as values that are sent and read: everything but how one is written down.
protocol RangeForm: RangeText, PostgresArrayEncodable, PostgresArrayDecodable where Bound: PostgresRangeBound {
    /// The type declared for a value with such bounds; none for a type of one's own.
    static var declaredType: PostgresOID { get }

    /// The type that the bounds of a value of `type` are read as; nil if they cannot be read as `Bound`.
    static func boundType(of type: PostgresOID, format: PostgresFormat) -> PostgresOID?

    /// Reads a value; `bound` reads a bound from a reader over its bytes.
    static func read(
        from reader: inout WireReader, format: PostgresFormat,
        _ bound: (inout WireReader) throws(WireError) -> Bound
    ) throws(WireError) -> Self

    func encodeBinary(into writer: inout WireWriter)
}

extension RangeForm {
    public static var arrayType: PostgresOID { declaredType.arrayType ?? .unspecified }
    public static var arrayElementType: PostgresOID { declaredType }
    public static var arrayFormat: PostgresFormat { declaredType == .unspecified ? .text : .binary }
    public var postgresType: PostgresOID { Self.declaredType }
    public var postgresFormat: PostgresFormat { Self.arrayFormat }

    public func encode(into writer: inout WireWriter) {
        switch postgresFormat {
        case .binary: encodeBinary(into: &writer)
        case .text: encodeText(into: &writer)
        }
    }

    public static func canDecode(_ type: PostgresOID, format: PostgresFormat) -> Bool {
        boundType(of: type, format: format) != nil
    }

    public init(from reader: inout WireReader, type: PostgresOID, format: PostgresFormat) throws(WireError) {
        guard let boundType = Self.boundType(of: type, format: format) else { throw .typeMismatch }
        self = try Self.read(from: &reader, format: format) { (reader) throws(WireError) -> Bound in
            try Bound(from: &reader, type: boundType, format: format)
        }
    }
}

/// What ranges and multiranges have in common as texts, whatever their bounds.
protocol RangeText: CustomStringConvertible {
    associatedtype Bound: Hashable & Sendable

    func encodeText(into writer: inout WireWriter)
}

extension RangeText {
    /// The value as the server prints it: `[1,5)`, `(,"2024-02-29 12:00:00"]`, `empty`; `{[1,5),[7,9)}`.
    public var description: String {
        var writer = WireWriter()
        encodeText(into: &writer)
        return String(decoding: writer.bytes, as: UTF8.self)
    }
}
