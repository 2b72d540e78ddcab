/// Sent as the array type of its elements; read from any array whose elements fit.
extension PostgresArray: PostgresEncodable where Element: PostgresArrayEncodable {
    public var postgresType: PostgresOID {
        // By the element first: a Swift array of `UInt8` is a `bytea`, this one can only be a `"char"[]`.
        Element.arrayElementType.arrayType ?? Element.arrayType
    }

    public var postgresTypeName: Identifier? { Element.arrayTypeName }

    public var postgresFallbackType: PostgresOID {
        let type = postgresType
        return type == .unspecified ? Element.arrayFallbackType : type
    }

    public var postgresFormat: PostgresFormat { Element.arrayFormat(of: elements) }

    public func encode(into writer: inout WireWriter) {
        Element.encodeArray(self, into: &writer)
    }

    /// Writes the text form, of elements in either format; their type, where it is known, says what stands between them.
    func encodeText(as elementType: PostgresOID? = nil, into writer: inout WireWriter) {
        let elementType = elementType ?? elements.first { !$0.isNull }?.postgresType ?? Element.arrayElementType
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
            let elements = try Element.decodeElements(header.count, of: header.elementType(in: type), from: &reader)
            self.init(checked: elements, header.dimensions)
        case .text:
            let (elements, dimensions) = try ArrayCodec.decodeText(from: &reader, type: type) as ([Element], _)
            self.init(checked: elements, dimensions)
        }
    }
}

extension PostgresArray: CustomStringConvertible where Element: PostgresArrayEncodable {
    /// The array as the server prints it: `{1,NULL,3}`, `[0:1]={a,"b c"}`.
    public var description: String { description(as: nil) }

    func description(as elementType: PostgresOID?) -> String {
        var writer = WireWriter()
        encodeText(as: elementType, into: &writer)
        return String(decoding: writer.bytes, as: UTF8.self)
    }
}
