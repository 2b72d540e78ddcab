import Foundation
import PostgresWire
import Testing

/// Every type of values goes through an encoder and back.
@Suite(.ownThread) struct CodableTests {
    /// Writes values as JSON, and reads them again.
    ///
    /// - Parameter json: What the first of them is in JSON.
    private func check<Value: Codable & Equatable>(
        _ values: [Value], _ json: String? = nil, sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let data = try encoder.encode(values)
        #expect(try JSONDecoder().decode([Value].self, from: data) == values, sourceLocation: sourceLocation)
        guard let json, let first = values.first else { return }
        let text = String(decoding: try encoder.encode([first]), as: UTF8.self)
        #expect(text == "[\(json)]", sourceLocation: sourceLocation)
    }

    @Test func texts() throws {
        try check([PostgresJSON(#"{"a": 1}"#), PostgresJSON("")], #""{\"a\": 1}""#)
        try check([PostgresXML("<a/>")], #""<a/>""#)
        try check([PostgresJSONPath("$.a")], #""$.a""#)
        try check([PostgresLTree("a.b")], #""a.b""#)
        try check([PostgresLQuery("a.*")], #""a.*""#)
        try check([PostgresLTxtQuery("a & b")], #""a & b""#)
        try check([["a": "1", "b": nil] as PostgresHStore, [:]], #""\"a\"=>\"1\", \"b\"=>NULL""#)
        try check([PostgresCube([0, 0], [1, 2.5]), PostgresCube([]), PostgresCube([.nan])], #""(0, 0),(1, 2.5)""#)
        try check([[1, 2.5] as PostgresVector, []], #""[1,2.5]""#)
        try check([PostgresHalfVector([1, 2.5] as [Float])], #""[1,2.5]""#)
        try check([PostgresSparseVector([0, 2.5])], #""{2:2.5}/2""#)
        try check([PostgresTSVector([.init("a")])], #""'a'""#)
        try check([PostgresTSQuery.lexeme("a"), PostgresTSQuery("")].compactMap(\.self), #""'a'""#)
        try check([PostgresTransactionID(7)], #""7""#)
        try check([PostgresCommandID(7)], #""7""#)
        try check([PostgresUUID(high: 1, low: 2)], #""00000000-0000-0001-0000-000000000002""#)
        try check([PostgresNumeric("1.50")], #""1.50""#)
        try check([PostgresIPAddress("10.0.0.1")].compactMap(\.self), #""10.0.0.1""#)
        try check([PostgresGeometry("0101000020E6100000000000000000F03F0000000000000040")].compactMap(\.self))
        for wrong in [#"["%"]"#, "[1]"] {
            let data = Data(wrong.utf8)
            #expect(throws: DecodingError.self) { try JSONDecoder().decode([PostgresCube].self, from: data) }
            #expect(throws: DecodingError.self) { try JSONDecoder().decode([PostgresHStore].self, from: data) }
            #expect(throws: DecodingError.self) { try JSONDecoder().decode([PostgresGeometry].self, from: data) }
        }
    }

    @Test func numbersOfTypes() throws {
        try check([PostgresOID.int4, PostgresOID(rawValue: .max)], "23")
    }

    @Test func ranges() throws {
        try check(
            [PostgresRange(18..<65), PostgresRange(1...), .empty, .bounds(.exclusive(1), .inclusive(2)), .everything],
            #"{"bounds":"[)","lower":18,"upper":65}"#)
        try check([PostgresRange<PostgresDate>.empty], #"{"bounds":"empty"}"#)
        try check([PostgresRange<PostgresNumeric>.bounds(.unbounded, .inclusive("1.50"))])
        try check([PostgresMultirange([PostgresRange(1..<2)]), []], #"[{"bounds":"[)","lower":1,"upper":2}]"#)
        for wrong in [#"{"bounds":"[]","lower":1}"#, #"{"bounds":"no","lower":1,"upper":2}"#, "{}"] {
            #expect(throws: DecodingError.self) {
                try JSONDecoder().decode(PostgresRange<Int>.self, from: Data(wrong.utf8))
            }
        }
    }

    @Test func arrays() throws {
        try check([PostgresArray([1, nil, 3])], "[1,null,3]")
        try check([PostgresArray<Int>(), PostgresArray([5, 6], lowerBound: 0)], "[]")
        try check([PostgresArray(rows: [[1, 2], [3, 4]])].compactMap(\.self))
        let wrong = Data(#"{"dimensions":[{"length":3,"lowerBound":1}],"elements":[1]}"#.utf8)
        #expect(throws: DecodingError.self) { try JSONDecoder().decode(PostgresArray<Int>.self, from: wrong) }
    }

    /// A value of every case.
    private func everyCase() throws -> [PostgresValue] {
        [
            .null, true, 5, .int(5, type: .int2), .int(5, type: .regclass), .float4(1.5), .float(.nan), .float(-0.1),
            "a",
            .text("pg_class", type: .name), .text("sad", type: userType), .text("\\200", type: .char),
            .bytes([0, 255]), .uuid(PostgresUUID(high: 1, low: 2)), .date(.infinity),
            .timestamp(PostgresTimestamp(microsecondsSince2000: 1)), .timestampWithTimeZone(.negativeInfinity),
            .time(try #require(PostgresTime(microsecondsSinceMidnight: 1))),
            .interval(PostgresInterval(months: 1, days: -1)),
            .inet(try #require(PostgresInet("10.0.0.1/8"))), .numeric("1.50"), .money(PostgresMoney(units: -5)),
            .lsn(PostgresLSN(position: 5)),
            .bits(PostgresBits([true, false]), type: .bit), .fullTransactionID(PostgresFullTransactionID(.max)),
            .tupleID(PostgresTupleID(block: 1, offset: 2)), .point(PostgresPoint(x: .nan, y: 1)),
            .snapshot(try #require(PostgresSnapshot("1:5:2")), type: .txidSnapshot),
            .json(PostgresJSON("{ }"), type: .json), .json(PostgresJSON("1")), .jsonPath(PostgresJSONPath("$")),
            .xml(PostgresXML("<a/>")), .tsvector(PostgresTSVector([.init("a")])), .tsquery(.lexeme("a")),
            .int2vector([1, -2]), .oidvector([.int4]), [1, nil, 3], [[1, 2], ["a", 4.5]], [],
            .array(PostgresArray([1, 2], lowerBound: 0), type: .int4Array), .range(.bounds(.inclusive(1), .unbounded)),
            .range(.empty, type: .int4range), .multirange([.empty], type: .nummultirange),
            .record(PostgresRecord([1, nil, [2]])), .hstore(["a": nil]), .ltree(PostgresLTree("a")),
            .lquery(PostgresLQuery("a")), .ltxtquery(PostgresLTxtQuery("a")), .cube(PostgresCube([1])),
            .vector([1]), .halfVector(PostgresHalfVector([1] as [Float])), .sparseVector(PostgresSparseVector([1])),
            .geometry(try #require(PostgresGeometry("0101000000000000000000F03F0000000000000040"))),
            .unknown(type: userType, format: .binary, bytes: [0, 1]),
        ]
    }

    @Test func everyValue() throws {
        try check([5] as [PostgresValue], #"{"int":5,"type":"int8"}"#)
        try check(["a"] as [PostgresValue], #"{"text":"a"}"#)
        try check([nil] as [PostgresValue], "null")
        try check([.date(.infinity)] as [PostgresValue], #"{"type":"date","value":"infinity"}"#)
        try check([.hstore([:])] as [PostgresValue], #"{"type":"hstore","value":""}"#)
        for value in try everyCase() {
            let data = try JSONEncoder().encode([value])
            let again = try JSONDecoder().decode([PostgresValue].self, from: data)[0]
            #expect(again == value)
            #expect(again.postgresType == value.postgresType, "\(value)")
        }
        for wrong in [
            "{}", "5", #"{"type":"date","value":"never"}"#, #"{"type":"nothing","value":"1"}"#, #"{"value":"1"}"#,
            #"{"type":"bytea","bytes":"\\xg","format":"binary"}"#, #"{"type":16401,"bytes":"","format":"none"}"#,
        ] {
            #expect(throws: DecodingError.self, "\(wrong)") {
                try JSONDecoder().decode([PostgresValue].self, from: Data("[\(wrong)]".utf8))
            }
        }
    }
}
