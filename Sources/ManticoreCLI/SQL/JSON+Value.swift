import Manticore

extension JSON {
    /// A value of a row.
    static func value(_ cells: RowCells, _ index: Int) throws(PostgresError) -> JSON {
        if try cells.isNull(index) { return .null }
        let column = cells.row.columns.descriptions[index]
        guard column.format == .text else { return value(try cells[index]) }
        // These two are written as lists, not as arrays.
        let isVector = column.typeOID == .int2vector || column.typeOID == .oidvector
        if let element = column.typeOID.elementType, !isVector {
            let array = try cells.decode(index, as: PostgresArray<ServerText?>.self)
            let elements = array.elements.map { $0.map { serverText($0.text, of: element) } ?? .null }
            return nested(elements[...], array.dimensions.map(\.length)[...])
        }
        return serverText(try cells.decode(index, as: ServerText.self).text, of: column.typeOID)
    }

    /// What the server wrote of a value of this type.
    private static func serverText(_ text: String, of type: PostgresOID) -> JSON {
        switch type {
        case .bool where text == "t" || text == "f": .bool(text == "t")
        case .int2, .int4, .int8, .oid, .xid, .cid, .float4, .float8, .numeric:
            isNumber(text) ? .literal(text) : .string(text)
        case .json, .jsonb: .literal(JSONDocument.line(text))
        default: .string(text)
        }
    }

    private static func value(_ value: PostgresValue) -> JSON {
        switch value {
        case .null: .null
        case .bool(let value): .bool(value)
        case .int(let value, _): .literal(String(value))
        case .float4(let value) where value.isFinite: .literal(value.description)
        case .float(let value) where value.isFinite: .literal(value.description)
        case .numeric(let value) where value.isFinite: .literal(value.description)
        case .json(let document, _): .literal(JSONDocument.line(document.text))
        case .array(let array, _):
            nested(array.elements.map { JSON.value($0) }[...], array.dimensions.map(\.length)[...])
        default: .string(value.description)
        }
    }

    /// The elements in arrays within arrays, one level for each dimension.
    private static func nested(_ elements: ArraySlice<JSON>, _ lengths: ArraySlice<Int>) -> JSON {
        guard lengths.count > 1, let length = lengths.first, length > 0 else { return .array(Array(elements)) }
        let size = elements.count / length
        return .array(
            (0..<length).map { index in
                nested(elements.dropFirst(index * size).prefix(size), lengths.dropFirst())
            })
    }

    /// Whether a text is a number in JSON as it stands.
    ///
    /// Source: RFC 8259, section 6.
    static func isNumber(_ text: String) -> Bool {
        var rest = Substring(text).utf8
        func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
        func takeDigits() -> Bool {
            let count = rest.prefix(while: isDigit).count
            rest = rest.dropFirst(count)
            return count > 0
        }
        if rest.first == UInt8(ascii: "-") { rest.removeFirst() }
        if rest.first == UInt8(ascii: "0"), rest.dropFirst().first.map(isDigit) == true { return false }
        guard takeDigits() else { return false }
        if rest.first == UInt8(ascii: ".") {
            rest.removeFirst()
            guard takeDigits() else { return false }
        }
        if let first = rest.first, first | 0x20 == UInt8(ascii: "e") {
            rest.removeFirst()
            if rest.first == UInt8(ascii: "+") || rest.first == UInt8(ascii: "-") { rest.removeFirst() }
            guard takeDigits() else { return false }
        }
        return rest.isEmpty
    }
}
