extension PostgresValue: PostgresArrayEncodable {
    public static var arrayType: PostgresOID { .unspecified }
    public static var arrayFormat: PostgresFormat { .text }

    public static func encodeArray(_ elements: [PostgresValue], into writer: inout WireWriter) {
        PostgresValue.array(elements).encode(into: &writer)
    }

    /// The value's own type, so that a value can be sent by it; nil for what is sent as text by its parts.
    private var encodable: (any PostgresEncodable)? {
        switch self {
        case .null, .array, .range, .multirange, .unknown, .int2vector, .oidvector: nil
        case .bool(let value): value
        case .int(let value): value
        case .float4(let value): value
        case .float(let value): value
        case .text(let value): value
        case .bytes(let value): value
        case .uuid(let value): value
        case .date(let value): value
        case .timestamp(let value): value
        case .timestampWithTimeZone(let value): value
        case .time(let value): value
        case .timeWithTimeZone(let value): value
        case .interval(let value): value
        case .inet(let value): value
        case .cidr(let value): value
        case .macAddress(let value): value
        case .macAddress8(let value): value
        case .bits(let value): value
        case .money(let value): value
        case .lsn(let value): value
        case .fullTransactionID(let value): value
        case .tupleID(let value): value
        case .snapshot(let value): value
        case .point(let value): value
        case .line(let value): value
        case .lineSegment(let value): value
        case .box(let value): value
        case .path(let value): value
        case .polygon(let value): value
        case .circle(let value): value
        case .numeric(let value): value
        case .json(let value): value
        case .jsonPath(let value): value
        case .xml(let value): value
        case .tsvector(let value): value
        case .tsquery(let value): value
        case .record(let value): value
        case .hstore(let value): value
        case .ltree(let value): value
        case .lquery(let value): value
        case .ltxtquery(let value): value
        case .cube(let value): value
        case .vector(let value): value
        case .halfVector(let value): value
        case .sparseVector(let value): value
        }
    }

    /// The type to declare; for an array that of its elements' if all have the same, otherwise the server infers it.
    public var postgresType: PostgresOID {
        switch self {
        case .unknown(let type, _, _): type
        case .int2vector: .int2vector
        case .oidvector: .oidvector
        case .array: commonElementType?.arrayType ?? .unspecified
        default: encodable?.postgresType ?? .unspecified
        }
    }

    /// The type to declare where the server cannot infer one; for a range by its bounds, of which whole numbers are
    /// taken for `int8`.
    public var postgresFallbackType: PostgresOID {
        let type = postgresType
        guard type == .unspecified else { return type }
        return switch self {
        case .array: .textArray
        case .range(let range): Self.rangeType([range])
        case .multirange(let multirange):
            switch Self.rangeType(multirange.ranges) {
            case .numrange: .nummultirange
            case .daterange: .datemultirange
            case .tsrange: .tsmultirange
            case .tstzrange: .tstzmultirange
            default: .int8multirange
            }
        default: encodable?.postgresFallbackType ?? .text
        }
    }

    /// The built-in range type that has bounds like these.
    private static func rangeType(_ ranges: [PostgresRange<PostgresValue>]) -> PostgresOID {
        for range in ranges {
            switch range.lower?.value ?? range.upper?.value {
            case .numeric: return .numrange
            case .date: return .daterange
            case .timestamp: return .tsrange
            case .timestampWithTimeZone: return .tstzrange
            case nil: continue
            default: return .int8range
            }
        }
        return .int8range
    }

    public var postgresFormat: PostgresFormat {
        switch self {
        case .unknown(_, let format, _): format
        default: encodable?.postgresFormat ?? .text
        }
    }

    public var isNull: Bool { if case .null = self { true } else { false } }

    /// The one type of all elements that are not NULL.
    private var commonElementType: PostgresOID? {
        guard case .array(let array) = self else { return nil }
        var common: PostgresOID?
        for value in array.elements where !value.isNull {
            let type = value.postgresType
            guard common == nil || common == type else { return nil }
            common = type
        }
        return common
    }

    /// Writes the value; an array and a range as text, since their parts may be of several types.
    public func encode(into writer: inout WireWriter) {
        switch self {
        case .null: break
        case .unknown(_, _, let bytes): writer.write(bytes: bytes)
        default:
            if let encodable { encodable.encode(into: &writer) } else { encodeText(into: &writer) }
        }
    }

    /// Writes the value as the server prints it; an unknown one that came in binary is a failure.
    func encodeText(into writer: inout WireWriter) {
        switch self {
        case .null: break
        case .text(let text): writer.write(utf8: text)
        case .array(let array): array.encodeText(into: &writer)
        case .range(let range): RangeCodec.encodeText(range, into: &writer)
        case .multirange(let multirange): RangeCodec.encodeText(multirange, into: &writer)
        case .record(let record): record.encode(into: &writer)
        case .hstore(let store): store.encode(into: &writer)
        case .unknown(_, .text, let bytes): writer.write(bytes: bytes)
        case .unknown(_, .binary, let bytes):
            writer.fail(.typeMismatch)
            writer.write(utf8: Self.describe(bytes))
        default: writer.write(utf8: description)
        }
    }
}
