/// A value of any type, for where the type is not known when the program is written.
///
/// A value that was read can be sent back unchanged: where several types share a case, it says which of them the value
/// is of, and that is declared. A type that only one database knows is not declared, since its number means another type,
/// or none, elsewhere: the server infers it from the place.
///
/// Equality is by case and value, of whichever type that is; text is compared byte by byte, and NaN equals NaN.
///
/// ```swift
/// let values: [PostgresValue] = [1, "two", 3.5, true, nil, [4, 5], .int(6, type: .int2)]
/// print(values.compactMap(\.int))  // [1, 6]
/// ```
public enum PostgresValue: Sendable {
    /// NULL.
    case null
    /// `bool`.
    case bool(Bool)
    /// `int2`, `int4`, `int8`, `oid`, `xid` and `cid`; in binary the types that stand for an `oid`, as `regclass` does.
    case int(Int64, type: PostgresOID = .int8)
    /// `float4`.
    case float4(Float)
    /// `float8`.
    case float(Double)
    /// `text`, `varchar`, `bpchar`, `name`, `"char"`, enums and `citext`; built-in types that have no form but text. One
    /// that was made here is of no type, and the server infers it.
    case text(String, type: PostgresOID = .unspecified)
    /// `bytea`.
    case bytes([UInt8])
    /// `uuid`.
    case uuid(PostgresUUID)
    /// `date`.
    case date(PostgresDate)
    /// `timestamp`.
    case timestamp(PostgresTimestamp)
    /// `timestamptz`.
    case timestampWithTimeZone(PostgresTimestampWithTimeZone)
    /// `time`.
    case time(PostgresTime)
    /// `timetz`.
    case timeWithTimeZone(PostgresTimeWithTimeZone)
    /// `interval`.
    case interval(PostgresInterval)
    /// `inet`.
    case inet(PostgresInet)
    /// `cidr`.
    case cidr(PostgresCIDR)
    /// `macaddr`.
    case macAddress(PostgresMACAddress)
    /// `macaddr8`.
    case macAddress8(PostgresMACAddress8)
    /// `bit` and `varbit`.
    case bits(PostgresBits, type: PostgresOID = .varbit)
    /// `money`.
    case money(PostgresMoney)
    /// `pg_lsn`.
    case lsn(PostgresLSN)
    /// `xid8`.
    case fullTransactionID(PostgresFullTransactionID)
    /// `tid`.
    case tupleID(PostgresTupleID)
    /// `pg_snapshot` and `txid_snapshot`.
    case snapshot(PostgresSnapshot, type: PostgresOID = .pgSnapshot)
    /// `point`.
    case point(PostgresPoint)
    /// `line`.
    case line(PostgresLine)
    /// `lseg`.
    case lineSegment(PostgresLineSegment)
    /// `box`.
    case box(PostgresBox)
    /// `path`.
    case path(PostgresPath)
    /// `polygon`.
    case polygon(PostgresPolygon)
    /// `circle`.
    case circle(PostgresCircle)
    /// `numeric`.
    case numeric(PostgresNumeric)
    /// `json` and `jsonb`. One that was made here is of neither, and the server infers it.
    case json(PostgresJSON, type: PostgresOID = .unspecified)
    /// `jsonpath`.
    case jsonPath(PostgresJSONPath)
    /// `xml`.
    case xml(PostgresXML)
    /// `tsvector`.
    case tsvector(PostgresTSVector)
    /// `tsquery`.
    case tsquery(PostgresTSQuery)
    /// `int2vector`.
    case int2vector([Int16])
    /// `oidvector`.
    case oidvector([PostgresOID])
    /// An array of any type. One that was made here is of the type that its elements have in common.
    indirect case array(PostgresArray<PostgresValue>, type: PostgresOID = .unspecified)
    /// A range of any type.
    indirect case range(PostgresRange<PostgresValue>, type: PostgresOID = .unspecified)
    /// A multirange of any type.
    indirect case multirange(PostgresMultirange<PostgresValue>, type: PostgresOID = .unspecified)
    /// A `record`, or a composite type.
    indirect case record(PostgresRecord, type: PostgresOID = .unspecified)
    /// `hstore`.
    case hstore(PostgresHStore)
    /// `ltree`.
    case ltree(PostgresLTree)
    /// `lquery`.
    case lquery(PostgresLQuery)
    /// `ltxtquery`.
    case ltxtquery(PostgresLTxtQuery)
    /// `cube`.
    case cube(PostgresCube)
    /// `vector`.
    case vector(PostgresVector)
    /// `halfvec`.
    case halfVector(PostgresHalfVector)
    /// `sparsevec`.
    indirect case sparseVector(PostgresSparseVector)
    /// `geometry` and `geography`, of PostGIS and CockroachDB.
    indirect case geometry(PostgresGeometry)
    /// A value of any other type, as it came.
    case unknown(type: PostgresOID, format: PostgresFormat, bytes: [UInt8])
}

extension PostgresValue: ExpressibleByNilLiteral, ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral,
    ExpressibleByFloatLiteral, ExpressibleByStringLiteral, ExpressibleByArrayLiteral
{
    public init(nilLiteral: ()) { self = .null }
    public init(booleanLiteral value: Bool) { self = .bool(value) }
    public init(integerLiteral value: Int64) { self = .int(value) }
    public init(floatLiteral value: Double) { self = .float(value) }
    public init(stringLiteral value: String) { self = .text(value) }

    /// Literals within literals are the dimensions of one array: `[[1, 2], [3, 4]]`.
    public init(arrayLiteral elements: PostgresValue...) {
        self = .array(elements)
    }

    /// An array of one dimension more than its elements, if these are arrays of equal dimensions; otherwise of one.
    public static func array(_ elements: [PostgresValue]) -> PostgresValue {
        var parts: [PostgresValue] = []
        var common: [ArrayDimension]?
        for element in elements {
            guard case .array(let part, _) = element, common == nil || part.dimensions == common else {
                return .array(PostgresArray(elements))
            }
            common = part.dimensions
            parts.append(contentsOf: part.elements)
        }
        guard let common, !common.isEmpty,
            let array = PostgresArray(parts, dimensions: [ArrayDimension(length: elements.count)] + common)
        else { return .array(PostgresArray(elements)) }
        return .array(array)
    }
}
