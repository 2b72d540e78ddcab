extension PostgresValue: PostgresArrayEncodable {
    public static var arrayType: PostgresOID { .unspecified }
    public static var arrayFormat: PostgresFormat { .text }

    public static func encodeArray(_ elements: [PostgresValue], into writer: inout WireWriter) {
        PostgresValue.array(elements).encodeText(into: &writer)
    }

    /// The type to declare: the one that the value was read as, if it is built in, or that its case has; for an array
    /// that was made here that of its elements if all have the same. Otherwise the server infers it.
    public var postgresType: PostgresOID {
        switch self {
        case .unknown(let type, _, _): type
        case .int2vector: .int2vector
        case .oidvector: .oidvector
        case .int(_, let type), .text(_, let type), .json(_, let type), .bits(_, let type), .snapshot(_, let type),
            .range(_, let type), .multirange(_, let type), .record(_, let type):
            type.declarable
        case .array(let array, let type):
            type == .unspecified || type == .anyarray
                ? Self.commonType(array.elements)?.arrayType ?? .unspecified : type.declarable
        default: payload?.postgresType ?? .unspecified
        }
    }

    /// The type to declare where the server cannot infer one; for a range by its bounds, of which whole numbers are
    /// taken for `int8`.
    public var postgresFallbackType: PostgresOID {
        let type = postgresType
        guard type == .unspecified else { return type }
        return switch self {
        case .array: .textArray
        case .range(let range, _): Self.rangeType([range])
        case .multirange(let multirange, _):
            switch Self.rangeType(multirange.ranges) {
            case .numrange: .nummultirange
            case .daterange: .datemultirange
            case .tsrange: .tsmultirange
            case .tstzrange: .tstzmultirange
            default: .int8multirange
            }
        default: payload?.postgresFallbackType ?? .text
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
        // Before PostgreSQL 16 a byte that is no ASCII has no text that the server takes.
        case .text(_, .char): .binary
        case .array(let array, _): binaryElementType(of: array) == nil ? .text : .binary
        default: payload?.postgresFormat ?? .text
        }
    }

    public var isNull: Bool { if case .null = self { true } else { false } }

    /// The one type of all values that are not NULL.
    private static func commonType(_ values: [PostgresValue]) -> PostgresOID? {
        var common: PostgresOID?
        for value in values where !value.isNull {
            let type = value.postgresType
            guard common == nil || common == type else { return nil }
            common = type
        }
        return common
    }

    /// Writes the value; an array as text unless all elements are known to be of its type, and ranges as text.
    ///
    /// A number beyond its type's bounds is ``WireError/outOfRange``.
    public func encode(into writer: inout WireWriter) {
        switch self {
        case .null: break
        case .int(let value, let type): Self.encode(value, type, into: &writer)
        case .text(let value, .char):
            guard let byte = Self.character(value) else { return writer.fail(.outOfRange) }
            writer.write(byte)
        case .array(let array, _):
            guard let elementType = binaryElementType(of: array) else { return encodeText(into: &writer) }
            let hasNull = array.elements.contains { $0.isNull }
            ArrayHeader.encode(array.dimensions, hasNull: hasNull, elementType: elementType, into: &writer)
            ArrayCodec.encodeElements(array.elements, into: &writer)
        case .unknown(_, _, let bytes): writer.write(bytes: bytes)
        default:
            if postgresFormat == .text { encodeText(into: &writer) } else { payload?.encode(into: &writer) }
        }
    }

    /// The type of elements that can all go in binary as what the array is declared as; nil if the array goes as text.
    private func binaryElementType(of array: PostgresArray<PostgresValue>) -> PostgresOID? {
        guard let type = postgresType.elementType else { return nil }
        let areBinary = array.elements.allSatisfy {
            $0.isNull || ($0.postgresFormat == .binary && $0.postgresType == type)
        }
        return areBinary ? type : nil
    }

    /// The byte that a `"char"` is printed for; nil for other text.
    private static func character(_ text: String) -> UInt8? {
        let text = Array(text.utf8)
        switch text.count {
        case 0: return 0
        case 1: return text.first
        case 4 where text.first == UInt8(ascii: "\\"):
            return WireReader.read(Array(text.dropFirst())) { reader in try? reader.readOctal() }
        default: return nil
        }
    }

    private static func encode(_ value: Int64, _ type: PostgresOID, into writer: inout WireWriter) {
        func write<Word: FixedWidthInteger & BitwiseCopyable>(_: Word.Type) {
            guard let word = Word(exactly: value) else { return writer.fail(.outOfRange) }
            writer.append(word)
        }
        switch type {
        case .int2: write(Int16.self)
        case .int4: write(Int32.self)
        case .int8: write(Int64.self)
        default: write(UInt32.self)
        }
    }

    /// Writes the value as the server prints it; an unknown one that came in binary is a failure.
    func encodeText(into writer: inout WireWriter) {
        switch self {
        case .null: break
        case .array(let array, let type): array.encodeText(as: type.elementType, into: &writer)
        case .range(let range, _): RangeCodec.encodeText(range, into: &writer)
        case .multirange(let multirange, _): RangeCodec.encodeText(multirange, into: &writer)
        case .record(let record, _): record.encode(into: &writer)
        case .hstore(let store): store.encode(into: &writer)
        case .unknown(_, .text, let bytes): writer.write(bytes: bytes)
        case .unknown(_, .binary, let bytes):
            writer.fail(.typeMismatch)
            writer.write(utf8: Self.describe(bytes))
        default: writer.write(utf8: description)
        }
    }
}

extension PostgresOID {
    /// The type if a parameter of a value that was read as it can be declared as it, else no type.
    ///
    /// A type that is not built in has another number in another database, and of some the server takes no value.
    var declarable: PostgresOID {
        switch self {
        case .record, .recordArray, .cstring, .cstringArray, .unknown, .void, .anyarray: .unspecified
        default: isUserDefined ? .unspecified : self
        }
    }
}
