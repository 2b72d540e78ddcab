extension PostgresValue: PostgresArrayDecodable {
    public static func canDecode(_ type: PostgresOID, format: PostgresFormat) -> Bool { true }

    public static func decodeNull() throws(WireError) -> PostgresValue { .null }

    /// Reads a value of any type; those without a case of their own become ``unknown(type:format:bytes:)``, and so do
    /// all types of the user's own.
    ///
    /// - Throws: ``WireError`` if the bytes are no value of a type that has a case.
    public init(from reader: inout WireReader, type: PostgresOID, format: PostgresFormat) throws(WireError) {
        self = try Self.decode(from: &reader, type: type, format: format, catalog: nil)
    }

    /// Reads a value of any type, also of those that a catalog tells of.
    ///
    /// - Throws: ``WireError`` if the bytes are no value of a type that has a case.
    public init(
        from reader: inout WireReader, type: PostgresOID, format: PostgresFormat,
        resolving catalog: PostgresTypeCatalog
    ) throws(WireError) {
        self = try Self.decode(from: &reader, type: type, format: format, catalog: catalog)
    }

    static func decode(
        from reader: inout WireReader, type: PostgresOID, format: PostgresFormat, catalog: PostgresTypeCatalog?
    ) throws(WireError) -> PostgresValue {
        // Each kind in a function of its own, so that values within values need little of the stack.
        if let value = try decodeScalar(from: &reader, type: type, format: format) { return value }
        if let value = try decodeVector(from: &reader, type: type, format: format) { return value }
        if let elementType = type.elementType {
            return try decodeArray(from: &reader, type, of: elementType, format: format, catalog: catalog)
        }
        if type == .anyarray {
            return try decodeArray(from: &reader, type, of: .unknown, format: format, catalog: catalog)
        }
        if let boundType = type.rangeBoundType ?? type.multirangeElementType?.rangeBoundType {
            return try decodeRange(
                from: &reader, type, of: boundType, isMultirange: type.rangeBoundType == nil, format: format,
                catalog: catalog)
        }
        if type == .record || PostgresRecord.isCatalogRow(type) {
            let record = try PostgresRecord(from: &reader, format: format, fieldTypes: [], catalog: catalog)
            return .record(record, type: type)
        }
        if let catalog, let entry = catalog[catalog.baseType(of: type)] {
            return try decode(from: &reader, entry, type: catalog.baseType(of: type), format: format, catalog: catalog)
        }
        if let catalog, catalog.baseType(of: type) != type {
            return try decode(from: &reader, type: catalog.baseType(of: type), format: format, catalog: nil)
        }
        // What else is built in has no form but text, or none at all that is ever seen.
        if format == .text, !type.isUserDefined, type != .unspecified {
            return .text(try reader.readRemainingString(), type: type)
        }
        return .unknown(type: type, format: format, bytes: reader.readRemainingBytes())
    }

    /// Reads a value that does not hold other values; nil if the type is none of those.
    private static func decodeScalar(
        from reader: inout WireReader, type: PostgresOID, format: PostgresFormat
    ) throws(WireError) -> PostgresValue? {
        switch type {
        case .bool: .bool(try Bool(from: &reader, type: type, format: format))
        case .int2, .int4, .int8, .oid: .int(try Int64(from: &reader, type: type, format: format), type: type)
        case .xid, .cid: .int(Int64(try UInt32(from: &reader, type: type, format: format)), type: type)
        case .regproc, .regprocedure, .regoper, .regoperator, .regclass, .regtype, .regconfig, .regdictionary,
            .regnamespace, .regrole, .regcollation:
            format == .binary
                ? .int(Int64(try UInt32(from: &reader, type: .oid, format: format)), type: type)
                : .text(try reader.readRemainingString(), type: type)
        case .float4: .float4(try Float(from: &reader, type: type, format: format))
        case .float8: .float(try Double(from: &reader, type: type, format: format))
        case .char: .text(try decodeCharacter(from: &reader, format: format), type: type)
        case .text, .varchar, .bpchar, .name, .unknown, .cstring, .refcursor:
            .text(try String(from: &reader, type: type, format: format), type: type)
        case .pgNodeTree, .void: .text(try reader.readRemainingString(), type: type)
        case .pgNdistinct, .pgDependencies, .pgMcvList, .pgBrinBloomSummary, .pgBrinMinmaxMultiSummary:
            format == .binary
                ? .bytes(reader.readRemainingBytes()) : .text(try reader.readRemainingString(), type: type)
        case .bytea: .bytes(try [UInt8](from: &reader, type: type, format: format))
        case .uuid: .uuid(try PostgresUUID(from: &reader, type: type, format: format))
        case .numeric: .numeric(try PostgresNumeric(from: &reader, type: type, format: format))
        case .json, .jsonb: .json(try PostgresJSON(from: &reader, type: type, format: format), type: type)
        case .jsonpath: .jsonPath(try PostgresJSONPath(from: &reader, type: type, format: format))
        case .xml: .xml(try PostgresXML(from: &reader, type: type, format: format))
        case .tsvector: .tsvector(try PostgresTSVector(from: &reader, type: type, format: format))
        case .tsquery: .tsquery(try PostgresTSQuery(from: &reader, type: type, format: format))
        default: try decodeTime(from: &reader, type: type, format: format)
        }
    }

    private static func decodeTime(
        from reader: inout WireReader, type: PostgresOID, format: PostgresFormat
    ) throws(WireError) -> PostgresValue? {
        switch type {
        case .date: .date(try PostgresDate(from: &reader, type: type, format: format))
        case .timestamp: .timestamp(try PostgresTimestamp(from: &reader, type: type, format: format))
        case .timestamptz:
            .timestampWithTimeZone(try PostgresTimestampWithTimeZone(from: &reader, type: type, format: format))
        case .time: .time(try PostgresTime(from: &reader, type: type, format: format))
        case .timetz: .timeWithTimeZone(try PostgresTimeWithTimeZone(from: &reader, type: type, format: format))
        case .interval: .interval(try PostgresInterval(from: &reader, type: type, format: format))
        default: try decodeAddress(from: &reader, type: type, format: format)
        }
    }

    private static func decodeAddress(
        from reader: inout WireReader, type: PostgresOID, format: PostgresFormat
    ) throws(WireError) -> PostgresValue? {
        switch type {
        case .inet: .inet(try PostgresInet(from: &reader, type: type, format: format))
        case .cidr: .cidr(try PostgresCIDR(from: &reader, type: type, format: format))
        case .macaddr: .macAddress(try PostgresMACAddress(from: &reader, type: type, format: format))
        case .macaddr8: .macAddress8(try PostgresMACAddress8(from: &reader, type: type, format: format))
        case .bit, .varbit: .bits(try PostgresBits(from: &reader, type: type, format: format), type: type)
        case .money: .money(try PostgresMoney(from: &reader, type: type, format: format))
        case .pgLsn: .lsn(try PostgresLSN(from: &reader, type: type, format: format))
        case .xid8: .fullTransactionID(try PostgresFullTransactionID(from: &reader, type: type, format: format))
        case .tid: .tupleID(try PostgresTupleID(from: &reader, type: type, format: format))
        case .pgSnapshot, .txidSnapshot:
            .snapshot(try PostgresSnapshot(from: &reader, type: type, format: format), type: type)
        default: try decodeGeometry(from: &reader, type: type, format: format)
        }
    }

    private static func decodeGeometry(
        from reader: inout WireReader, type: PostgresOID, format: PostgresFormat
    ) throws(WireError) -> PostgresValue? {
        switch type {
        case .point: .point(try PostgresPoint(from: &reader, type: type, format: format))
        case .line: .line(try PostgresLine(from: &reader, type: type, format: format))
        case .lseg: .lineSegment(try PostgresLineSegment(from: &reader, type: type, format: format))
        case .box: .box(try PostgresBox(from: &reader, type: type, format: format))
        case .path: .path(try PostgresPath(from: &reader, type: type, format: format))
        case .polygon: .polygon(try PostgresPolygon(from: &reader, type: type, format: format))
        case .circle: .circle(try PostgresCircle(from: &reader, type: type, format: format))
        default: nil
        }
    }

    /// Reads a `"char"`; of a byte that is no ASCII the octal digits, as the server prints it from PostgreSQL 16 on.
    private static func decodeCharacter(
        from reader: inout WireReader, format: PostgresFormat
    ) throws(WireError) -> String {
        let byte = try UInt8(from: &reader, type: .char, format: format)
        guard byte >= 0x80 else { return byte == 0 ? "" : String(UnicodeScalar(byte)) }
        return "\\" + String(byte, radix: 8)
    }

    /// Reads the two types that are arrays in binary, but lists with blanks in text.
    private static func decodeVector(
        from reader: inout WireReader, type: PostgresOID, format: PostgresFormat
    ) throws(WireError) -> PostgresValue? {
        guard type == .int2vector || type == .oidvector else { return nil }
        guard format == .text else {
            if type == .int2vector { return .int2vector(try [Int16](from: &reader, type: type, format: format)) }
            return .oidvector(try [PostgresOID](from: &reader, type: type, format: format))
        }
        var parts: [[UInt8]] = []
        var scanner = PostgresTextCursor(&reader)
        while !scanner.isAtEnd {
            if !parts.isEmpty { try scanner.expect(UInt8(ascii: " ")) }
            parts.append(scanner.read { $0 == UInt8(ascii: " ") })
        }
        return type == .int2vector
            ? .int2vector(try decodeTexts(parts, of: .int2, in: reader))
            : .oidvector(try decodeTexts(parts, of: .oid, in: reader))
    }

    private static func decodeTexts<Value: PostgresDecodable>(
        _ texts: [[UInt8]], of type: PostgresOID, in reader: borrowing WireReader
    ) throws(WireError) -> [Value] {
        var values: [Value] = []
        for text in texts {
            values.append(
                try reader.readNested(text) { (nested) throws(WireError) -> Value in
                    try Value(from: &nested, type: type, format: .text)
                })
        }
        return values
    }
}
