extension PostgresValue {
    /// Reads an array; in binary it names its elements' type itself.
    static func decodeArray(
        from reader: inout WireReader, _ type: PostgresOID, of elementType: PostgresOID, format: PostgresFormat,
        catalog: PostgresTypeCatalog?
    ) throws(WireError) -> PostgresValue {
        switch format {
        case .binary:
            let header = try ArrayHeader(from: &reader)
            let ownElementType = header.elementType(in: type)
            var values: [PostgresValue] = []
            values.reserveCapacity(min(header.count, reader.remaining / MemoryLayout<PostgresValue>.stride))
            for _ in 0..<header.count {
                let length = try reader.readInt32()
                guard length >= -1 else { throw .invalidLength }
                if length == -1 {
                    values.append(.null)
                    continue
                }
                let value = try reader.readNested(Int(length)) { (nested) throws(WireError) -> PostgresValue in
                    try decode(from: &nested, type: ownElementType, format: .binary, catalog: catalog)
                }
                values.append(value)
            }
            // Of a built-in type the elements say it themselves.
            let ownType = header.elementType.isUserDefined ? nil : header.elementType.arrayType
            return .array(PostgresArray(checked: values, header.dimensions), type: ownType ?? type)
        case .text:
            let delimiter = ArrayText.delimiter(of: elementType)
            let (values, dimensions) = try ArrayCodec.decodeText(from: &reader, delimiter: delimiter) {
                (bytes, reader) throws(WireError) -> PostgresValue in
                guard let bytes else { return .null }
                return try reader.readNested(bytes) { (nested) throws(WireError) -> PostgresValue in
                    try decode(from: &nested, type: elementType, format: .text, catalog: catalog)
                }
            }
            return .array(PostgresArray(checked: values, dimensions), type: type)
        }
    }

    /// Reads a range, or several of them.
    static func decodeRange(
        from reader: inout WireReader, _ type: PostgresOID, of boundType: PostgresOID, isMultirange: Bool,
        format: PostgresFormat, catalog: PostgresTypeCatalog?
    ) throws(WireError) -> PostgresValue {
        func bound(_ reader: inout WireReader) throws(WireError) -> PostgresValue {
            try decode(from: &reader, type: boundType, format: format, catalog: catalog)
        }
        return isMultirange
            ? .multirange(try RangeCodec.decodeMany(from: &reader, format: format, bound), type: type)
            : .range(try RangeCodec.decode(from: &reader, format: format, bound), type: type)
    }

    /// Reads a value of a type that a catalog tells of; domains have been taken off.
    static func decode(
        from reader: inout WireReader, _ entry: PostgresTypeCatalog.Entry, type: PostgresOID, format: PostgresFormat,
        catalog: PostgresTypeCatalog
    ) throws(WireError) -> PostgresValue {
        switch entry.kind {
        case .enumeration: return .text(try reader.readRemainingString(), type: type)
        case .array(let elementType):
            return try decodeArray(from: &reader, type, of: elementType, format: format, catalog: catalog)
        case .range(let boundType):
            return try decodeRange(
                from: &reader, type, of: boundType, isMultirange: false, format: format, catalog: catalog)
        case .multirange(let rangeType):
            guard case .range(let boundType)? = catalog[rangeType]?.kind else { break }
            return try decodeRange(
                from: &reader, type, of: boundType, isMultirange: true, format: format, catalog: catalog)
        case .composite(let fields):
            let types = fields.map(\.type)
            let record = try PostgresRecord(from: &reader, format: format, fieldTypes: types, catalog: catalog)
            return .record(record, type: type)
        case .base:
            if let value = try decodeExtension(from: &reader, named: entry.name, type: type, format: format) {
                return value
            }
        case .domain: break
        }
        return .unknown(type: type, format: format, bytes: reader.readRemainingBytes())
    }

    /// Reads a value of a type of an extension; nil if its name is not one of those that are known.
    static func decodeExtension(
        from reader: inout WireReader, named name: String, type: PostgresOID, format: PostgresFormat
    ) throws(WireError) -> PostgresValue? {
        switch name {
        case "citext": .text(try reader.readRemainingString(), type: type)
        case "hstore": .hstore(try PostgresHStore(from: &reader, type: type, format: format))
        case "ltree": .ltree(try PostgresLTree(from: &reader, type: type, format: format))
        case "lquery": .lquery(try PostgresLQuery(from: &reader, type: type, format: format))
        case "ltxtquery": .ltxtquery(try PostgresLTxtQuery(from: &reader, type: type, format: format))
        case "cube": .cube(try PostgresCube(from: &reader, type: type, format: format))
        case "vector": .vector(try PostgresVector(from: &reader, type: type, format: format))
        case "halfvec": .halfVector(try PostgresHalfVector(from: &reader, type: type, format: format))
        case "sparsevec": .sparseVector(try PostgresSparseVector(from: &reader, type: type, format: format))
        case "geometry", "geography": .geometry(try PostgresGeometry(from: &reader, type: type, format: format))
        default: nil
        }
    }
}
