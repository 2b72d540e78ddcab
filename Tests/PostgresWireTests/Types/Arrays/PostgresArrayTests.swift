import PostgresWire
import Testing

@Suite(.ownThread) struct PostgresArrayTests {
    @Test func forms() throws {
        try checkForms(
            PostgresArray<Int32>([1, 2]), .int4Array,
            binary: hex("00000001 00000000 00000017 00000002 00000001 00000004 00000001 00000004 00000002"),
            text: "{1,2}")
        try checkForms(PostgresArray<Int32>(), .int4Array, binary: hex("00000000 00000000 00000017"), text: "{}")
        try checkForms(
            PostgresArray<Int16?>([1, nil], lowerBound: 0), .int2Array,
            binary: hex("00000001 00000001 00000015 00000002 00000000 00000002 0001 ffffffff"), text: "[0:1]={1,NULL}")
        let square = try #require(
            PostgresArray<Int16>(
                [1, 2, 3, 4],
                dimensions: [ArrayDimension(length: 2, lowerBound: -1), ArrayDimension(length: 2, lowerBound: 1)]))
        try checkForms(
            square, .int2Array,
            binary: hex(
                """
                00000002 00000000 00000015 00000002 ffffffff 00000002 00000001
                00000002 0001 00000002 0002 00000002 0003 00000002 0004
                """), text: "[-1:0][1:2]={{1,2},{3,4}}")
        #expect(square[-1, 1] == 1)
        #expect(square[0, 2] == 4)
        #expect(square[0, 3] == nil)
        #expect(square[-2, 1] == nil)
        #expect(square[1] == nil)
        #expect(square[Int.min, Int.max] == nil)
        #expect(square.rows == [[1, 2], [3, 4]])
        #expect(PostgresArray(rows: [[1, 2], [3]]) == nil)
        #expect(PostgresArray(rows: [[1, 2], [3, 4]])?.description == "{{1,2},{3,4}}")
        #expect(PostgresArray<Int>(rows: [])?.dimensions == [])
        #expect(PostgresArray([1, 2, 3, 4].map(Int16.init), dimensions: square.dimensions)?.map(Int.init)[0, 1] == 3)
    }

    @Test func boundsAndCounts() {
        #expect(PostgresArray([1], dimensions: []) == nil)
        #expect(PostgresArray([1, 2], dimensions: [ArrayDimension(length: 3)]) == nil)
        #expect(PostgresArray([1], dimensions: [ArrayDimension(length: 1, lowerBound: Int(Int32.max))]) == nil)
        #expect(PostgresArray([1], dimensions: [ArrayDimension(length: 1, lowerBound: .max)]) == nil)
        #expect(PostgresArray([1], dimensions: [ArrayDimension(length: -1), ArrayDimension(length: -1)]) == nil)
        #expect(PostgresArray([1], dimensions: Array(repeating: ArrayDimension(length: 1), count: 6)) != nil)
        #expect(PostgresArray([1], dimensions: Array(repeating: ArrayDimension(length: 1), count: 7)) == nil)
        #expect(PostgresArray([1], lowerBound: .max).dimensions == [ArrayDimension(length: 1)])
        #expect(([5, 6] as PostgresArray)[2] == 6)
    }

    @Test func textForm() throws {
        let deep = try decoded(PostgresArray<Int>.self, text: "{{{{{{1}}}}}}", .int4Array)
        #expect(deep.dimensions.count == 6)
        #expect(deep.description == "{{{{{{1}}}}}}")
        let texts = try decoded(PostgresArray<String?>.self, text: #"[2:2][0:1]={{"a b",NULL}}"#, .textArray)
        #expect(texts.elements == ["a b", nil])
        #expect(texts.description == #"[2:2][0:1]={{"a b",NULL}}"#)
        #expect(PostgresArray([0.1 as Float, 1e6]).description == "{0.1,1e+06}")
        #expect(PostgresArray([[1, 255]] as [[UInt8]]).description == #"{"\\x01ff"}"#)
        #expect(PostgresArray([true, false]).description == "{t,f}")
        #expect(PostgresArray([65, nil] as [UInt8?]).postgresType == .charArray)
        #expect(PostgresArray([65] as [UInt8]).postgresType == .charArray)
        #expect(PostgresArray(["a"]).postgresType == .unspecified)
        #expect(PostgresArray(["a"]).postgresFallbackType == .textArray)
        let wrong = [
            "[1:2]={1}", "[0:0]={{1}}", "[1:1][1:1]={1}", "[2:1]={}", "[1:2147483647]={1}", "[]={1}", "[1]={1}",
            "[1:1]", "[1:1]=", "[1:1]={1}x", "[a:b]={1}", "[2147483647:2147483647]={1}", "[--1:1]={1}",
            "[99999999999:1]={1}", "[1:1][1:1][1:1][1:1][1:1][1:1][1:1]={{{{{{{1}}}}}}}",
        ]
        for text in wrong {
            #expect(throws: WireError.self, "\(text)") {
                try decoded(PostgresArray<Int>.self, text: text, .int4Array)
            }
            #expect(throws: WireError.self, "\(text)") { try decoded([Int].self, text: text, .int4Array) }
        }
    }

    @Test func malformed() {
        let wrong = [
            // An index beyond 32 bits, a length below 0, more elements than bytes, a NULL among ints.
            "00000001 00000000 00000017 00000001 7fffffff 00000004 00000001",
            "00000002 00000000 00000017 ffffffff 00000001 ffffffff 00000001 00000004 00000001",
            "00000002 00000000 00000017 7fffffff 00000001 7fffffff 00000001",
            "00000001 00000000 00000017 00000001 00000001 ffffffff",
        ]
        for bytes in wrong {
            #expect(throws: WireError.self, "\(bytes)") {
                try decoded(PostgresArray<Int32>.self, hex(bytes), .int4Array)
            }
        }
        #expect(throws: WireError.typeMismatch) {
            try decoded(PostgresArray<Bool>.self, hex("00000000 00000000 00000017"), .int4Array)
        }
    }

    @Test func wordsInBulk() throws {
        func check<Element: PostgresArrayEncodable & PostgresArrayDecodable & Equatable>(
            _ values: [Element], _ type: PostgresOID
        ) throws {
            #expect(values.postgresType == type)
            let bytes = try encoded(values)
            #expect(try decoded([Element].self, bytes, type) == values)
            // One by one.
            #expect(try decoded([Element?].self, bytes, type) == values)
            #expect(try encoded(values as [Element?]) == bytes)
            var wrong = bytes
            wrong[23] ^= 1
            #expect(throws: WireError.self) { try decoded([Element].self, wrong, type) }
            #expect(throws: WireError.self) { try decoded([Element].self, Array(bytes.dropLast()), type) }
        }
        try check([PostgresUUID(high: 1, low: .max), PostgresUUID(high: .max, low: 2)], .uuidArray)
        try check([PostgresDate.infinity, PostgresDate(daysSince2000: -5)], .dateArray)
        try check([PostgresTimestamp(microsecondsSince2000: -5), .infinity], .timestampArray)
        try check([PostgresTimestampWithTimeZone(microsecondsSince2000: -5), .infinity], .timestamptzArray)
        try check([PostgresOID.int4, PostgresOID(rawValue: .max)], .oidArray)
        try check([1, UInt32.max], .oidArray)
        try check([1.5, -0.25], .float8Array)
    }

    @Test(arguments: [1, 2, 3] as [UInt64]) func randomRoundTrips(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<100 {
            let lengths = (0..<Int.random(in: 0...6, using: &generator)).map { _ in
                ArrayDimension(
                    length: Int.random(in: 1...3, using: &generator),
                    lowerBound: Int.random(in: -2...2, using: &generator))
            }
            let count = lengths.isEmpty ? 0 : lengths.reduce(1) { $0 * $1.length }
            let numbers = (0..<count).map { _ in Int64?.some(Int64.random(in: .min ... .max, using: &generator)) }
            let array = try #require(PostgresArray(numbers, dimensions: lengths))
            #expect(try decoded(PostgresArray<Int64?>.self, encoded(array), .int8Array) == array)
            #expect(try decoded(PostgresArray<Int64?>.self, text: array.description, .int8Array) == array)
            let texts = array.map { $0 == 0 ? nil : String?.some(randomText(using: &generator)) }
            #expect(
                try decoded(PostgresArray<String?>.self, text: texts.description, .textArray).description
                    == texts.description)
            checkDamage(PostgresArray<Int64?>.self, try encoded(array), .int8Array, .binary, using: &generator)
            checkDamage(
                PostgresArray<String?>.self, Array(texts.description.utf8), .textArray, .text, using: &generator)
        }
    }
}
