/// Sent as the array type of its elements; read from any array whose elements fit.
extension PostgresArray: PostgresEncodable where Element: PostgresArrayEncodable {
    public var postgresType: PostgresOID {
        // By the element first: a Swift array of `UInt8` is a `bytea`, this one can only be a `"char"[]`.
        Element.arrayElementType.arrayType ?? Element.arrayType
    }

    public var postgresFallbackType: PostgresOID {
        let type = postgresType
        return type == .unspecified ? .textArray : type
    }

    public var postgresFormat: PostgresFormat { Element.arrayFormat }

    public func encode(into writer: inout WireWriter) {
        switch Element.arrayFormat {
        case .binary:
            let hasNull = elements.contains { $0.isNull }
            ArrayHeader.encode(
                dimensions, hasNull: hasNull, elementType: Element.arrayElementType, into: &writer)
            Element.encodeElements(elements, into: &writer)
        case .text: encodeText(into: &writer)
        }
    }

    /// Writes the text form, of elements in either format.
    func encodeText(into writer: inout WireWriter) {
        let elementType = elements.first { !$0.isNull }?.postgresType ?? Element.arrayElementType
        let delimiter = ArrayText.delimiter(of: elementType)
        var scratch = WireWriter()
        var failure: WireError?
        ArrayText.encode(dimensions, count: elements.count, delimiter: delimiter, into: &writer) { index, writer in
            let element = elements[index]
            if element.isNull { return writer.write(utf8: "NULL") }
            scratch.rollBack(to: 0)
            TextForm.write(element, into: &scratch)
            failure = failure ?? scratch.failure
            ArrayText.encode(scratch.bytes, alwaysQuoted: false, delimiter: delimiter, into: &writer)
        }
        if let failure { writer.fail(failure) }
    }
}

extension PostgresArray: PostgresDecodable where Element: PostgresArrayDecodable {
    public static func canDecode(_ type: PostgresOID, format: PostgresFormat) -> Bool {
        ArrayCodec.canDecode(Element.self, type, format: format)
    }

    public init(from reader: inout WireReader, type: PostgresOID, format: PostgresFormat) throws(WireError) {
        guard Self.canDecode(type, format: format) else { throw .typeMismatch }
        switch format {
        case .binary:
            let header = try ArrayHeader(from: &reader)
            let elements = try Element.decodeElements(header.count, of: header.elementType, from: &reader)
            self.init(checked: elements, header.dimensions)
        case .text:
            let (elements, dimensions) = try ArrayCodec.decodeText(from: &reader, type: type) as ([Element], _)
            self.init(checked: elements, dimensions)
        }
    }
}

extension PostgresArray: CustomStringConvertible where Element: PostgresArrayEncodable {
    /// The array as the server prints it: `{1,NULL,3}`, `[0:1]={a,"b c"}`.
    public var description: String {
        var writer = WireWriter()
        encodeText(into: &writer)
        return String(decoding: writer.bytes, as: UTF8.self)
    }
}
