/// Arrays of arrays: rows of one length are an array of two dimensions, and bytes are an array of `bytea`.
extension Array: PostgresArrayEncodable where Element: PostgresArrayEncodable {
    public static var arrayType: PostgresOID {
        // An array of two dimensions is of the same type as one of one.
        Element.arraysAreValues ? Element.arrayType.arrayType ?? .unspecified : Element.arrayType
    }

    public static var arrayElementType: PostgresOID {
        Element.arraysAreValues ? Element.arrayType : Element.arrayElementType
    }

    public static var arrayTypeName: Identifier? { Element.arrayTypeName }
    public static var arrayFormat: PostgresFormat { Element.arrayFormat }

    public static var arrayFallbackType: PostgresOID {
        let type = arrayType
        return type == .unspecified ? Element.arrayFallbackType : type
    }

    public static func arrayFormat(of elements: [[Element]]) -> PostgresFormat {
        elements.contains { Element.arrayFormat(of: $0) == .text } ? .text : arrayFormat
    }

    public static func encodeArray(_ elements: [[Element]], into writer: inout WireWriter) {
        encodeArray(PostgresArray(elements), into: &writer)
    }

    /// Writes the rows as the last dimension; rows of several lengths are ``WireError/invalidLength``.
    public static func encodeArray(_ array: PostgresArray<[Element]>, into writer: inout WireWriter) {
        if Element.arraysAreValues { return ArrayCodec.encode(array, into: &writer) }
        let length = array.elements.first?.count ?? 0
        let dimensions = array.dimensions + [ArrayDimension(length: length)]
        guard array.elements.allSatisfy({ $0.count == length }) else { return writer.fail(.invalidLength) }
        guard let flat = PostgresArray(array.elements.flatMap(\.self), dimensions: length == 0 ? [] : dimensions)
        else { return writer.fail(.tooLarge) }
        Element.encodeArray(flat, into: &writer)
    }
}

extension Array: PostgresArrayDecodable where Element: PostgresArrayDecodable {
    public static func canDecodeArray(_ type: PostgresOID, format: PostgresFormat) -> Bool {
        Element.arraysAreReadAsValues
            ? ArrayCodec.canDecode([Element].self, type, format: format)
            : ArrayCodec.canDecode(Element.self, type, format: format)
    }

    public static func decodeArray(
        from reader: inout WireReader, type: PostgresOID, format: PostgresFormat
    ) throws(WireError) -> [[Element]] {
        if Element.arraysAreReadAsValues {
            let array = try PostgresArray<[Element]>(from: &reader, type: type, format: format)
            guard array.dimensions.count <= 1 else { throw .typeMismatch }
            return array.elements
        }
        guard let rows = try PostgresArray<Element>(from: &reader, type: type, format: format).rows
        else { throw .typeMismatch }
        return rows
    }
}
