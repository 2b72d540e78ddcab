import PostgresWire

extension RoundTripType {
    /// What must be there for ``all``, except for extensions.
    static let definitions = """
        CREATE TYPE mood AS ENUM ('sad', 'o k', 'hap"py', '{,}', '漢');
        CREATE DOMAIN small AS int4 CHECK (value > -1000000);
        CREATE DOMAIN smaller AS small;
        CREATE TYPE floats AS RANGE (subtype = float8);
        CREATE TYPE pair AS (x float8, y bytea);
        CREATE TYPE sample AS (
            a int4, b text, c numeric, d timestamptz, e int4[], f int8range, g mood, h pair, i smaller, j jsonb
        );
        """

    /// Extensions whose types are among ``all`` where the server has them.
    static let extensions = ["citext", "hstore", "ltree", "cube"]

    /// Every type whose values can be sent.
    static let all =
        numbers + texts + times + addresses + shapes + identifiers + documents + ranges + userTypes + extensionTypes

    private static let numbers: [RoundTripType] = [
        .init("bool", [Bool.self]) { .bool($0.oneIn(2)) },
        .init("int2", [Int16.self]) { .int(Int64($0.integer(Int16.self))) },
        .init("int4", [Int32.self]) { .int(Int64($0.integer(Int32.self))) },
        .init("int8", [Int64.self, Int.self]) { .int($0.integer()) },
        .init("float4", [Float.self]) { .float4($0.float()) },
        .init("float8", [Double.self]) { .float($0.double()) },
        .init("numeric", [PostgresNumeric.self]) { .numeric($0.numeric()) },
        .init("money", [PostgresMoney.self]) { .money($0.money()) },
        .init("bit(17)") { .bits($0.bitString(17...17)) },
        .init("varbit", [PostgresBits.self]) { .bits($0.bitString(0...99)) },
        .init("bytea", [[UInt8].self]) { .bytes($0.list(0...40) { $0.byte() }) },
    ]

    private static let texts: [RoundTripType] = [
        .init("text", [String.self]) { .text($0.text()) },
        .init("varchar", [String.self]) { .text($0.text()) },
        .init("bpchar(6)", [String.self]) { .text($0.text(characters: 6)) },
        .init("name", [String.self]) { .text($0.text(0...3)) },
        .init("\"char\"", [UInt8.self]) { .text($0.character()) },
        .init("refcursor", [String.self]) { .text($0.text()) },
        .init("uuid", [PostgresUUID.self]) { random in
            .uuid(PostgresUUID(high: random.bits(), low: random.bits()))
        },
        .init("json", [String.self], sending: .text) { .json(PostgresJSON(" " + $0.json() + "\n")) },
        .init("jsonb", [PostgresJSON.self]) { .json(PostgresJSON($0.json())) },
        .init("jsonpath", [PostgresJSONPath.self]) { .jsonPath(PostgresJSONPath($0.jsonPath())) },
        .init("xml", [PostgresXML.self]) { .xml(PostgresXML($0.xml())) },
    ]

    private static let times: [RoundTripType] = [
        .init("date", [PostgresDate.self]) { .date($0.date()) },
        .init("time", [PostgresTime.self]) { .time($0.time()) },
        .init("timetz", [PostgresTimeWithTimeZone.self]) { random in
            let time = random.time()
            return PostgresTimeWithTimeZone(time: time, secondsFromUTC: random.zone()).map { .timeWithTimeZone($0) }
                ?? .null
        },
        .init("timestamp", [PostgresTimestamp.self]) {
            .timestamp(PostgresTimestamp(microsecondsSince2000: $0.microseconds()))
        },
        .init("timestamptz", [PostgresTimestampWithTimeZone.self]) {
            .timestampWithTimeZone(PostgresTimestampWithTimeZone(microsecondsSince2000: $0.microseconds()))
        },
        .init("interval", [PostgresInterval.self]) { .interval($0.interval()) },
    ]

    private static let addresses: [RoundTripType] = [
        .init("inet", [PostgresInet.self]) { .inet($0.host()) },
        .init("cidr", [PostgresCIDR.self]) { .cidr(PostgresCIDR($0.host())) },
        .init("macaddr", [PostgresMACAddress.self]) { random in
            PostgresMACAddress(bytes: random.list(6...6) { $0.byte() }).map { .macAddress($0) } ?? .null
        },
        .init("macaddr8", [PostgresMACAddress8.self]) { random in
            PostgresMACAddress8(bytes: random.list(8...8) { $0.byte() }).map { .macAddress8($0) } ?? .null
        },
    ]

    private static let shapes: [RoundTripType] = [
        .init("point", [PostgresPoint.self]) { .point($0.point()) },
        .init("line", [PostgresLine.self]) { .line($0.line()) },
        .init("lseg", [PostgresLineSegment.self]) { random in
            let start = random.point()
            return .lineSegment(PostgresLineSegment(start: start, end: random.point()))
        },
        .init("box", [PostgresBox.self]) { random in
            let corner = random.point()
            return .box(PostgresBox(corner, random.point()))
        },
        .init("path", [PostgresPath.self]) { random in
            let points = random.points()
            return PostgresPath(points, isClosed: random.oneIn(2)).map { .path($0) } ?? .null
        },
        .init("polygon", [PostgresPolygon.self]) { PostgresPolygon($0.points()).map { .polygon($0) } ?? .null },
        .init("circle", [PostgresCircle.self]) { .circle($0.circle()) },
    ]

    private static let identifiers: [RoundTripType] =
        [
            .init("oid", [PostgresOID.self]) { .int(Int64($0.integer(UInt32.self))) },
            .init("xid", [PostgresTransactionID.self], sending: .text) { .int(Int64($0.integer(UInt32.self))) },
            .init("cid", [PostgresCommandID.self], sending: .text) { .int(Int64($0.integer(UInt32.self))) },
            .init("xid8", [PostgresFullTransactionID.self]) {
                .fullTransactionID(PostgresFullTransactionID($0.integer()))
            },
            .init("tid", [PostgresTupleID.self]) { random in
                let block = random.integer(UInt32.self)
                return .tupleID(PostgresTupleID(block: block, offset: random.integer()))
            },
            .init("pg_lsn", [PostgresLSN.self]) { .lsn(PostgresLSN(position: $0.integer())) },
            .init("pg_snapshot", [PostgresSnapshot.self]) { $0.snapshot().map { .snapshot($0) } ?? .null },
            .init("txid_snapshot", sending: .text) { $0.snapshot().map { .snapshot($0) } ?? .null },
            .init("int2vector", sending: .text) { .int2vector($0.list(1...10) { $0.integer() }) },
            .init("oidvector", sending: .text) {
                .oidvector($0.list(1...10) { PostgresOID(rawValue: $0.integer()) })
            },
            // Every right once, in the server's order.
            .init("aclitem", sending: .text) { random in
                let rights = "arwdDxt".filter { _ in random.oneIn(2) }.map { "\($0)" + (random.oneIn(4) ? "*" : "") }
                return .text("pg_monitor=\(rights.joined())/pg_read_all_data")
            },
        ]
        // Numbers that nothing has are printed as such.
        + [
            "regclass", "regtype", "regproc", "regprocedure", "regoper", "regoperator", "regconfig", "regdictionary",
            "regnamespace", "regrole", "regcollation",
        ].map { name in
            .init(name, readsText: false) { .int($0.number(3_000_000_000...0xFFFF_FFFF)) }
        }

    private static let documents: [RoundTripType] = [
        .init("tsvector", [PostgresTSVector.self]) { .tsvector($0.vector()) },
        .init("tsquery", [PostgresTSQuery.self]) { .tsquery($0.query()) },
    ]

    /// A range type with its multirange type.
    private static func ranges<Bound: PostgresRangeBound>(
        _ name: String, isDiscrete: Bool, _ make: @escaping @Sendable (inout RandomValues) -> Bound,
        _ value: @escaping @Sendable (Bound) -> PostgresValue
    ) -> [RoundTripType] {
        [
            .init(name + "range", [PostgresRange<Bound>.self]) {
                $0.range(isDiscrete: isDiscrete, make, value)
            },
            .init(name + "multirange", [PostgresMultirange<Bound>.self]) {
                $0.multirange(isDiscrete: isDiscrete, make, value)
            },
        ]
    }

    private static let ranges: [RoundTripType] =
        ranges("int4", isDiscrete: true, { $0.integer(Int32.self) }, { .int(Int64($0)) })
        + ranges("int8", isDiscrete: true, { $0.integer(Int64.self) }, { .int($0) })
        + ranges("num", isDiscrete: false, { $0.numeric() }, { .numeric($0) })
        + ranges("date", isDiscrete: true, { $0.finiteDate() }, { .date($0) })
        + ranges(
            "ts", isDiscrete: false, { PostgresTimestamp(microsecondsSince2000: $0.microseconds()) },
            { .timestamp($0) })
        + ranges(
            "tstz", isDiscrete: false, { PostgresTimestampWithTimeZone(microsecondsSince2000: $0.microseconds()) },
            { .timestampWithTimeZone($0) })

    private static let userTypes: [RoundTripType] = [
        .init("mood", [String.self]) { .text($0.mood()) },
        .init("small") { .int($0.number(-999_999...2_147_483_647)) },
        .init("smaller") { .int($0.number(-999_999...2_147_483_647)) },
        .init("floats") { $0.range(isDiscrete: false, { $0.finiteDouble() }, { .float($0) }) },
        .init("pair", [PostgresRecord.self]) { .record($0.pair()) },
        .init("sample") { .record($0.sample()) },
    ]

    private static let extensionTypes: [RoundTripType] = [
        .init("citext", [String.self]) { .text($0.text()) },
        .init("hstore", [PostgresHStore.self]) { .hstore($0.store()) },
        .init("ltree", [PostgresLTree.self]) { .ltree($0.ltree()) },
        .init("lquery", [PostgresLQuery.self]) { .lquery($0.lquery()) },
        .init("ltxtquery", [PostgresLTxtQuery.self]) { .ltxtquery($0.ltxtquery()) },
        .init("cube", [PostgresCube.self]) { .cube($0.cube()) },
    ]
}

// Values of the types in `definitions`.
extension RandomValues {
    fileprivate mutating func mood() -> String { element(["sad", "o k", "hap\"py", "{,}", "漢"]) }

    private mutating func field(_ name: String, _ value: PostgresValue) -> PostgresRecord.Field {
        .init(type: numbers[name] ?? .unspecified, value: oneIn(6) ? .null : value)
    }

    fileprivate mutating func pair() -> PostgresRecord {
        PostgresRecord(fields: [
            field("float8", .float(double())), field("bytea", .bytes(list(0...5) { $0.byte() })),
        ])
    }

    fileprivate mutating func sample() -> PostgresRecord {
        PostgresRecord(fields: [
            field("int4", .int(Int64(integer(Int32.self)))), field("text", .text(text())),
            field("numeric", .numeric(numeric())),
            field(
                "timestamptz",
                .timestampWithTimeZone(PostgresTimestampWithTimeZone(microsecondsSince2000: microseconds()))),
            field("int4[]", array { .int(Int64($0.integer(Int32.self))) }),
            field("int8range", range(isDiscrete: true, { $0.integer(Int64.self) }, { .int($0) })),
            field("mood", .text(mood())), field("pair", .record(pair())),
            field("smaller", .int(number(-999_999...999_999))), field("jsonb", .json(PostgresJSON(json()))),
        ])
    }
}
