import Manticore

/// The session's settings that decide how values look as text, as far as they differ from what our own rendering writes.
struct SessionStyle: Equatable {
    /// Types that some of the settings touch.
    private var asText: Set<PostgresOID> = []

    /// - Parameters:
    ///   - parameters: What the server has reported.
    ///   - byteaOutput: The setting `bytea_output`, which is not reported; nor is the next. nil if nobody knows: what it
    ///     touches is then asked for as text.
    ///   - extraFloatDigits: The setting `extra_float_digits`; likewise.
    init(parameters: [String: String], byteaOutput: String?, extraFloatDigits: String?) {
        func isOther(_ name: String, _ expected: Set<String>) -> Bool {
            parameters[name].map { !expected.contains($0) } ?? false
        }
        if isOther("TimeZone", ["UTC", "Etc/UTC", "GMT", "Etc/GMT", "Zulu", "Etc/Zulu", "UCT", "Etc/UCT"]) {
            asText.formUnion([.timestamptz, .tstzrange, .tstzmultirange])
        }
        if parameters["DateStyle"]?.hasPrefix("ISO") == false {
            asText.formUnion([
                .date, .timestamp, .timestamptz, .daterange, .tsrange, .tstzrange, .datemultirange, .tsmultirange,
                .tstzmultirange,
            ])
        }
        if isOther("IntervalStyle", ["postgres"]) { asText.insert(.interval) }
        if byteaOutput != "hex" { asText.insert(.bytea) }
        if extraFloatDigits.flatMap({ Int($0) }).map({ $0 < 1 }) ?? true {
            asText.formUnion([.float4, .float8, .point, .line, .lseg, .box, .path, .polygon, .circle])
        }
    }

    /// The unreported settings, in the order of the initializer's parameters.
    static let query: SQL = """
        SELECT pg_catalog.current_setting('bytea_output'), pg_catalog.current_setting('extra_float_digits')
        """

    /// Binary for what our own rendering writes as the server would under these settings, text for everything else:
    /// among that `money`, whose currency is not in its bytes, the names behind `regclass` and its like, and types that
    /// only this database has.
    var resultFormats: ResultFormats {
        let asText = asText
        return ResultFormats { type in
            let element = type.elementType ?? type
            return Self.rendered.contains(element) && !asText.contains(element) ? .binary : .text
        }
    }

    /// The types, also as the elements of arrays, whose text our own rendering writes from their bytes.
    private static let rendered: Set<PostgresOID> = [
        .bool, .int2, .int4, .int8, .oid, .xid, .cid, .xid8, .float4, .float8, .numeric, .text, .varchar, .bpchar,
        .name,
        .char, .bytea, .uuid, .date, .time, .timetz, .timestamp, .timestamptz, .interval, .json, .jsonb, .jsonpath,
        .inet,
        .cidr, .macaddr, .macaddr8, .bit, .varbit, .point, .line, .lseg, .box, .path, .polygon, .circle, .pgLsn, .tid,
        .pgSnapshot, .txidSnapshot, .int4range, .int8range, .numrange, .tsrange, .tstzrange, .daterange,
        .int4multirange,
        .int8multirange, .nummultirange, .tsmultirange, .tstzmultirange, .datemultirange, .tsvector, .tsquery,
        .int2vector, .oidvector, .refcursor,
    ]
}
