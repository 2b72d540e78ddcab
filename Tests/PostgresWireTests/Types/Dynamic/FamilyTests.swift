import PostgresWire
import Testing

/// Every family of types as a value: what is read in both formats, printed, and sent.
@Suite(.ownThread) struct FamilyTests {
    @Test func bothFormatsOfEveryFamily() throws {
        let table: [(PostgresOID, String, String, PostgresValue)] = [
            (.time, "000000000000000a", "00:00:00.00001", .time(try #require(PostgresTime("00:00:00.00001")))),
            (
                .timetz, "0000000000000000 00000000", "00:00:00+00",
                .timeWithTimeZone(try #require(PostgresTimeWithTimeZone("00:00:00+00")))
            ),
            (
                .interval, "0000000000000000 00000001 00000000", "1 day",
                .interval(try #require(PostgresInterval("1 day")))
            ),
            (.inet, "02 20 00 04 7F000001", "127.0.0.1", .inet(try #require(PostgresInet("127.0.0.1")))),
            (.cidr, "02 08 01 04 0A000000", "10.0.0.0/8", .cidr(try #require(PostgresCIDR("10.0.0.0/8")))),
            (
                .macaddr, "0800 2b01 0203", "08:00:2b:01:02:03",
                .macAddress(try #require(PostgresMACAddress("08:00:2b:01:02:03")))
            ),
            (
                .macaddr8, "0800 2b01 0203 0405", "08:00:2b:01:02:03:04:05",
                .macAddress8(try #require(PostgresMACAddress8("08:00:2b:01:02:03:04:05")))
            ),
            (.bit, "00000003 A0", "101", .bits(try #require(PostgresBits("101")))),
            (.varbit, "00000000", "", .bits(try #require(PostgresBits("")))),
            (.pgLsn, "0000000100000002", "1/2", .lsn(try #require(PostgresLSN("1/2")))),
            (.xid8, "0000000000000007", "7", .fullTransactionID(try #require(PostgresFullTransactionID("7")))),
            (.tid, "00000001 0002", "(1,2)", .tupleID(try #require(PostgresTupleID("(1,2)")))),
            (.point, "3FF0000000000000 4000000000000000", "(1,2)", .point(try #require(PostgresPoint("(1,2)")))),
            (.xid, "00000007", "7", 7),
            (.regclass, "000004EB", "", .int(1259)),
            (.regclass, "", "pg_class", "pg_class"),
            (.float4, "3DCCCCCD", "0.1", .float4(0.1)),
            (.char, "C8", "", "\\310"),
            (.tsvector, "00000001 6100 0000", "'a'", .tsvector(PostgresTSVector([.init("a")]))),
            (.tsquery, "00000001 01 00 00 6100", "'a'", .tsquery(.lexeme("a"))),
            (.jsonpath, "01 24", "$", .jsonPath(PostgresJSONPath("$"))),
            (.xml, "3C612F3E", "<a/>", .xml(PostgresXML("<a/>"))),
            (
                .int2vector, "00000001 00000000 00000015 00000002 00000000 00000002 0003 00000002 0004", "3 4",
                .int2vector([3, 4])
            ),
            (.oidvector, "00000001 00000000 0000001A 00000001 00000000 00000004 00000019", "25", .oidvector([.text])),
            (
                .int4range, "02 00000004 00000001 00000004 00000005", "[1,5)",
                .range(.bounds(.inclusive(1), .exclusive(5)))
            ),
            (
                .tsrange, "10 00000008 0000000000000000", #"("2000-01-01 00:00:00",)"#,
                .range(.bounds(.exclusive(.timestamp(PostgresTimestamp(microsecondsSince2000: 0))), .unbounded))
            ),
            (.int8multirange, "00000001 00000001 01", "{empty}", .multirange([.empty])),
            (
                .int4rangeArray, "00000001 00000000 00000F40 00000001 00000001 00000001 01", "{empty}",
                .array([.range(.empty)])
            ),
            (.pgNodeTree, "6162", "ab", "ab"), (.void, "", "", ""), (.pgNdistinct, "00", "", .bytes([0])),
            (.aclitem, "", "a=r/b", "a=r/b"), (.anyarray, "", "{a,NULL}", ["a", nil]),
            (.anyarray, "00000001 00000000 00000017 00000001 00000001 00000004 00000005", "", [5]),
        ]
        for (type, binary, text, value) in table {
            if !binary.isEmpty {
                #expect(try decoded(PostgresValue.self, hex(binary), type) == value, "\(type)")
            }
            if !text.isEmpty {
                #expect(try decoded(PostgresValue.self, text: text, type) == value, "\(type)")
                #expect(value.description == text, "\(type)")
            }
            #expect(value.hashValue == value.hashValue)
        }
    }

    @Test func boundsAndDelimitersSurvive() throws {
        let text = "[0:1][2:3]={{1,2},{3,4}}"
        let value = try decoded(PostgresValue.self, text: text, .int4Array)
        #expect(value.description == text)
        #expect(value != [[1, 2], [3, 4]])
        #expect(value.postgresType == .int4Array && value.postgresFormat == .binary)
        #expect(try decoded(PostgresValue.self, encoded(value), .int4Array) == value)
        let boxes = "{(1,1),(0,0);NULL;(2,2),(1,1)}"
        let array = try decoded(PostgresValue.self, text: boxes, .boxArray)
        #expect(array.description == boxes)
        #expect(try decoded(PostgresValue.self, encoded(array), .boxArray, array.postgresFormat) == array)
    }

    @Test func literals() {
        #expect(([[1, 2], [3, 4]] as PostgresValue) == .array(PostgresArray(rows: [[1, 2], [3, 4]]) ?? []))
        #expect(([[[1], [2]]] as PostgresValue).description == "{{{1},{2}}}")
        // What no array could be is left for the server to refuse.
        #expect(([[1, 2], [3]] as PostgresValue).description == #"{"{1,2}","{3}"}"#)
        #expect(([] as PostgresValue) == .array(PostgresArray()))
    }

    @Test func parameters() throws {
        let range = PostgresValue.range(.bounds(.inclusive(1), .unbounded))
        #expect(range.postgresType == .unspecified && range.postgresFallbackType == .int8range)
        #expect(try encoded(range) == Array("[1,)".utf8))
        #expect(
            PostgresValue.multirange([.bounds(.unbounded, .exclusive(.numeric(1)))]).postgresFallbackType
                == .nummultirange)
        #expect(PostgresValue.record(PostgresRecord([1, nil])).postgresType == .unspecified)
        #expect(try encoded(PostgresValue.record(PostgresRecord([1, nil]))) == Array("(1,)".utf8))
        #expect(PostgresValue.oidvector([.text]).postgresType == .oidvector)
        #expect(try encoded(PostgresValue.oidvector([.text, .int4])) == Array("25 23".utf8))
        let hidden = PostgresValue.unknown(type: userType, format: .binary, bytes: [0])
        #expect(throws: WireError.typeMismatch) { try encoded(PostgresValue.record(PostgresRecord([hidden]))) }
        #expect(throws: WireError.typeMismatch) {
            try encoded(PostgresValue.range(.bounds(.inclusive(hidden), .unbounded)))
        }
        #expect(throws: WireError.embeddedNUL) { try encoded(PostgresValue.record(PostgresRecord(["a\0"]))) }
    }

    @Test func catalog() throws {
        func oid(_ number: UInt32) -> PostgresOID { PostgresOID(rawValue: number) }
        var catalog = PostgresTypeCatalog()
        func add(_ number: UInt32, _ name: String, _ kind: PostgresTypeCatalog.Kind) {
            catalog[oid(number)] = .init(schema: "public", name: name, kind: kind)
        }
        add(20001, "mood", .enumeration)
        add(20002, "_mood", .array(of: oid(20001)))
        add(20003, "positive", .domain(of: .int4))
        add(20004, "more_positive", .domain(of: oid(20003)))
        add(20005, "floatrange", .range(of: .float8))
        add(20006, "floatmultirange", .multirange(of: oid(20005)))
        add(20007, "pair", .composite([.init(name: "a", type: .int4), .init(name: "b", type: oid(20002))]))
        add(20008, "hstore", .base)
        add(20009, "citext", .base)
        add(20010, "vector", .base)
        add(20011, "geometry", .base)
        add(20012, "circle", .domain(of: oid(20013)))
        add(20013, "circle2", .domain(of: oid(20012)))
        add(20014, "moods", .domain(of: oid(20002)))
        add(20015, "ltree", .base)
        add(20016, "shape", .base)

        func read(_ number: UInt32, _ bytes: [UInt8], _ format: PostgresFormat) throws(WireError) -> PostgresValue {
            try WireReader.read(bytes) { (reader) throws(WireError) -> PostgresValue in
                let value = try PostgresValue(from: &reader, type: oid(number), format: format, resolving: catalog)
                try reader.expectEnd()
                return value
            }
        }
        func text(_ number: UInt32, _ text: String) throws(WireError) -> PostgresValue {
            try read(number, Array(text.utf8), .text)
        }
        #expect(try text(20001, "sad") == "sad")
        #expect(try read(20001, Array("sad".utf8), .binary) == "sad")
        #expect(try text(20002, "{sad,NULL}") == ["sad", nil])
        #expect(try text(20014, "{sad,NULL}") == ["sad", nil])
        #expect(
            try read(20002, hex("00000001 00000000 00004E21 00000001 00000001 00000003 736164"), .binary) == ["sad"])
        #expect(try text(20004, "7") == 7)
        #expect(try read(20004, hex("00000007"), .binary) == 7)
        #expect(try text(20005, "[1.5,)") == .range(.bounds(.inclusive(1.5), .unbounded)))
        #expect(try text(20006, "{[1.5,),empty}") == .multirange([.bounds(.inclusive(1.5), .unbounded), .empty]))
        let pair = PostgresRecord(fields: [.init(type: .int4, value: 7), .init(type: oid(20002), value: ["sad"])])
        #expect(try text(20007, "(7,{sad})") == .record(pair))
        #expect(
            try read(
                20007,
                hex(
                    """
                    00000002 00000017 00000004 00000007
                    00004E22 0000001B 00000001 00000000 00004E21 00000001 00000001 00000003 736164
                    """), .binary) == .record(pair))
        #expect(try text(20008, "\"a\"=>NULL") == .hstore(["a": nil]))
        #expect(try text(20009, "Ab") == "Ab")
        #expect(try read(20010, hex("0001 0000 3F800000"), .binary) == .vector([1]))
        #expect(try read(20015, hex("01 61"), .binary) == .ltree(PostgresLTree("a")))
        let point = "0101000000000000000000F03F0000000000000040"
        #expect(try read(20011, hex(point), .binary) == .geometry(try #require(PostgresGeometry(point))))
        #expect(try text(20011, point).description == point)
        #expect(throws: WireError.invalidValue) { try read(20011, [1, 2], .binary) }
        #expect(try read(20016, [1, 2], .binary) == .unknown(type: oid(20016), format: .binary, bytes: [1, 2]))
        // Domains that go in circles, and a type that nobody told of.
        #expect(try read(20012, [1], .binary).description == "\u{1}")
        #expect(try text(20099, "x") == .unknown(type: oid(20099), format: .text, bytes: [120]))
        #expect(try decoded(PostgresValue.self, text: "sad", oid(20001)) != "sad")
        #expect(catalog.baseType(of: oid(20004)) == .int4)
        #expect(catalog.types.count == 16)
    }

    @Test func builtInTypesWithTheSameBytes() {
        func oid(_ number: UInt32) -> PostgresOID { PostgresOID(rawValue: number) }
        var catalog = PostgresTypeCatalog()
        let kinds: [(PostgresTypeCatalog.Kind, like: PostgresOID?)] = [
            (.domain(of: .int4), .int4), (.array(of: oid(20000)), .int4Array), (.domain(of: oid(20000)), .int4),
            (.array(of: oid(20002)), .int4Array), (.range(of: oid(20002)), .int4range),
            (.multirange(of: oid(20004)), .int4multirange), (.array(of: oid(20005)), .int4multirangeArray),
            (.domain(of: .textArray), .textArray), (.array(of: oid(20007)), nil), (.enumeration, nil),
            (.array(of: oid(20009)), nil), (.range(of: .float8), nil), (.composite([]), nil), (.base, nil),
            // What a hostile server may tell.
            (.domain(of: oid(20014)), nil), (.array(of: oid(20015)), nil), (.range(of: oid(20017)), nil),
            (.multirange(of: oid(20016)), nil), (.array(of: .unspecified), nil), (.domain(of: oid(30000)), nil),
        ]
        for (index, kind) in kinds.enumerated() {
            catalog[oid(20000 + UInt32(index))] = .init(schema: "s", name: "t\(index)", kind: kind.0)
        }
        for (index, kind) in kinds.enumerated() {
            #expect(catalog.builtInType(like: oid(20000 + UInt32(index))) == kind.like, "\(kind)")
        }
        #expect(catalog.builtInType(like: .int8) == .int8 && catalog.builtInType(like: oid(40000)) == nil)
    }

    @Test func depthIsBoundedInText() throws {
        var catalog = PostgresTypeCatalog()
        catalog[userType] = .init(schema: "s", name: "chain", kind: .composite([.init(name: "next", type: userType)]))
        for (depth, fits) in [(64, true), (65, false), (5000, false)] {
            var bytes = hex("00000001 00004010 ffffffff")
            for _ in 0..<depth {
                var writer = WireWriter()
                writer.write(bytes: hex("00000001 00004010"))
                writer.lengthPrefixed { $0.write(bytes: bytes) }
                bytes = writer.bytes
            }
            let value = try? WireReader.read(bytes) { (reader) throws(WireError) -> PostgresValue in
                try PostgresValue(from: &reader, type: userType, format: .binary, resolving: catalog)
            }
            #expect((value != nil) == fits, "\(depth)")
        }
        // Round brackets need quotes, and quotes are doubled: 12 levels are already long.
        var record = PostgresRecord([nil])
        for _ in 0..<12 { record = PostgresRecord([.record(record)]) }
        let text = record.description
        let value = try WireReader.read(Array(text.utf8)) { (reader) throws(WireError) -> PostgresValue in
            try PostgresValue(from: &reader, type: userType, format: .text, resolving: catalog)
        }
        #expect(value.description == text)
    }
}
