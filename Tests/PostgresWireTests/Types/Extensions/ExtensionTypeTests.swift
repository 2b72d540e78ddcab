import PostgresWire
import Testing

@Suite(.ownThread) struct ExtensionTypeTests {
    // Guard: Sources/PostgresWire/Types/Extensions/PostgresHStore+Postgres.swift: `guard count >= 0 else { throw .invalidLength }`
    @Test func hstore() throws {
        try checkForms(
            ["b": "2", "a": nil, "aa": "x \"y\\"] as PostgresHStore, userType,
            binary: hex(
                """
                00000003 00000001 61 ffffffff 00000001 62 00000001 32 00000002 6161 00000005 782022795C
                """),
            text: #""a"=>NULL, "b"=>"2", "aa"=>"x \"y\\""#)
        try checkForms([:] as PostgresHStore, userType, binary: hex("00000000"), text: "")
        let store: PostgresHStore = ["a": "1", "b": nil]
        #expect(store["a"] == .some("1"))
        #expect(store["b"] == .some(nil))
        #expect(store["c"] == nil)
        #expect(store.keys == ["a", "b"])
        #expect(PostgresHStore([("a", "1"), ("b", nil), ("a", "2")]) == ["a": "2", "b": nil])
        #expect((["\u{E9}": "1"] as PostgresHStore) != ["e\u{301}": "1"])
        #expect(store.postgresType == .unspecified && store.postgresFormat == .text)
        #expect(try decoded([PostgresHStore].self, encoded([store]), userType, .text) == [store])
        #expect(throws: WireError.embeddedNUL) { try encoded(["a\0": nil] as PostgresHStore) }
        for bytes in [
            "", "00000001", "ffffffff", "00000001 ffffffff ffffffff", "00000001 00000001 61 fffffffe",
            "00000001 00000001 61", "7fffffff 00000001 61 ffffffff", "00000000 00", "00000001 00000001 FF ffffffff",
        ] {
            #expect(throws: WireError.self, "\(bytes)") { try decoded(PostgresHStore.self, hex(bytes), userType) }
        }
        for text in [
            " ", "\"a\"", "\"a\"=>", "\"a\"=>1", "\"a\"=>NULL,", "\"a\"=>NULL,\"b\"=>NULL", "\"a\"=>\"b", "a=>b",
            "\"a\"=>null", "\"a\\",
        ] {
            #expect(throws: WireError.self, "\(text)") { try decoded(PostgresHStore.self, text: text, userType) }
        }
        #expect(throws: WireError.typeMismatch) { try decoded(PostgresHStore.self, text: "", .text) }
    }

    @Test func labelTrees() throws {
        let text = "Top.Science"
        try checkForms(PostgresLTree(text), userType, binary: [1] + Array(text.utf8), text: text)
        try checkForms(
            PostgresLQuery("Top.*{0,2}"), userType, binary: [1] + Array("Top.*{0,2}".utf8), text: "Top.*{0,2}")
        try checkForms(PostgresLTxtQuery("A & !B"), userType, binary: [1] + Array("A & !B".utf8), text: "A & !B")
        #expect(PostgresLTree(text).labels == ["Top", "Science"])
        #expect(PostgresLTree("").labels == [])
        #expect(PostgresLTree(labels: ["a", "b"]) == PostgresLTree("a.b"))
        #expect(throws: WireError.invalidValue) { try decoded(PostgresLTree.self, [2, 65], userType) }
        #expect(throws: WireError.truncated) { try decoded(PostgresLTree.self, [], userType) }
        #expect(throws: WireError.invalidUTF8) { try decoded(PostgresLQuery.self, [1, 255], userType) }
        #expect(throws: WireError.typeMismatch) { try decoded(PostgresLTree.self, [1, 65], .text) }
    }

    @Test func jsonPathAndXML() throws {
        try checkForms(PostgresJSONPath("$.\"a\""), .jsonpath, binary: [1] + Array("$.\"a\"".utf8), text: "$.\"a\"")
        try checkForms(PostgresXML("<a/>"), .xml, binary: Array("<a/>".utf8), text: "<a/>")
        #expect(PostgresXML("").postgresType == .xml && PostgresXML("").postgresFormat == .text)
        #expect(try decoded([PostgresXML].self, encoded([PostgresXML("<a b=\"1\"/>")]), .xmlArray, .text).count == 1)
        #expect(throws: WireError.invalidValue) { try decoded(PostgresJSONPath.self, [2, 36], .jsonpath) }
        #expect(throws: WireError.typeMismatch) { try decoded(PostgresXML.self, [], .json) }
    }

    /// Texts that are equal to `String` are other bytes to the server.
    @Test func exactTexts() {
        func check<Value: PostgresExactText>(_: Value.Type) {
            #expect(Value("\u{E9}") != Value("e\u{301}"))
            #expect(Set([Value("\u{E9}"), Value("e\u{301}"), Value("\u{E9}")]).count == 2)
        }
        check(PostgresJSON.self)
        check(PostgresXML.self)
        check(PostgresJSONPath.self)
        check(PostgresLTree.self)
        check(PostgresLQuery.self)
        check(PostgresLTxtQuery.self)
    }

    @Test func geometries() throws {
        let text = "0101000020E6100000000000000000F03F0000000000000040"
        let point = try #require(PostgresGeometry(text))
        try checkForms(point, userType, binary: hex(text), text: text)
        #expect(point.kind == .point && point.srid == 4326 && !point.hasZ && !point.hasM)
        let measured = try #require(PostgresGeometry(bytes: hex("00 C0000002 00000000")))
        #expect(measured.kind == .lineString && measured.srid == nil && measured.hasZ && measured.hasM)
        #expect(try #require(PostgresGeometry(bytes: hex("01 0F000000"))).kind == nil)
        #expect(try decoded(PostgresGeometry.self, text: text.lowercased(), userType) == point)
        for bytes in ["", "01", "02 01000000", "01 01000020", "01 01000020 E61000"] {
            #expect(throws: WireError.self, "\(bytes)") { try decoded(PostgresGeometry.self, hex(bytes), userType) }
        }
        for text in ["", "0", "010100000", "0101000G00", "\\x0101000000"] {
            #expect(throws: WireError.self, "\(text)") { try decoded(PostgresGeometry.self, text: text, userType) }
        }
        var catalog = PostgresTypeCatalog()
        catalog[userType] = .init(schema: "public", name: "geography", kind: .base)
        let value = try WireReader.read(hex(text)) { (reader) throws(WireError) in
            try PostgresValue(from: &reader, type: userType, format: .binary, resolving: catalog)
        }
        #expect(value == .geometry(point))
    }

    @Test func cubes() throws {
        try checkForms(
            PostgresCube([1, 2.5]), userType, binary: hex("80000002 3FF0000000000000 4004000000000000"),
            text: "(1, 2.5)")
        try checkForms(
            PostgresCube([0], [-1e-7]), userType, binary: hex("00000001 0000000000000000 BE7AD7F29ABCAF48"),
            text: "(0),(-1e-07)")
        try checkForms(PostgresCube([]), userType, binary: hex("80000000"), text: "()")
        #expect(PostgresCube([1], [2, 3]) == PostgresCube([1, 0], [2, 3]))
        // A NaN is not equal to itself, yet what is marked as a point is one.
        let point = hex("80000001 7FF8000000000000")
        let box = hex("00000001 7FF8000000000000 7FF8000000000000")
        try checkForms(PostgresCube([.nan]), userType, binary: point, text: "(NaN)")
        try checkForms(PostgresCube([.nan], [.nan]), userType, binary: box, text: "(NaN),(NaN)")
        #expect(PostgresCube([.nan]) != PostgresCube([.nan], [.nan]))
        for bytes in ["", "80000001", "00000001 0000000000000000", "80000065", "7fffffff", "80000000 00"] {
            #expect(throws: WireError.self, "\(bytes)") { try decoded(PostgresCube.self, hex(bytes), userType) }
        }
        for text in ["", "(", "(1", "(1,)", "(1),", "(1),(1, 2)", "(a)", "1", "(1)x", "(1 2)"] {
            #expect(throws: WireError.self, "\(text)") { try decoded(PostgresCube.self, text: text, userType) }
        }
    }

    @Test func vectors() throws {
        try checkForms(
            [1, -2.5, 0.1, 1e6, 1e-5] as PostgresVector, userType,
            binary: hex("0005 0000 3F800000 C0200000 3DCCCCCD 49742400 3727C5AC"), text: "[1,-2.5,0.1,1e+06,1e-05]")
        try checkForms([] as PostgresVector, userType, binary: hex("0000 0000"), text: "[]")
        try checkForms(
            PostgresHalfVector([1, -2.5, 0.1] as [Float]), userType, binary: hex("0003 0000 3C00 C100 2E66"),
            text: "[1,-2.5,0.099975586]")
        try checkForms(
            try #require(PostgresSparseVector(dimensions: 5, [(2, 2.5), (0, 1)])), userType,
            binary: hex("00000005 00000002 00000000 00000000 00000002 3F800000 40200000"), text: "{1:1,3:2.5}/5")
        try checkForms(PostgresSparseVector([]), userType, binary: hex("00000000 00000000 00000000"), text: "{}/0")
        #expect(PostgresSparseVector([0, 4, 0]).description == "{2:4}/3")
        #expect(PostgresSparseVector(dimensions: 5, [(5, 1)]) == nil)
        #expect(PostgresSparseVector(dimensions: 5, [(1, 1), (1, 2)]) == nil)
        #expect(PostgresSparseVector(dimensions: 5, [(-1, 1)]) == nil)
        for bytes in ["", "0001 0000", "ffff 0000", "0001 0001 3F800000", "0001 0000 3F800000 00", "7fff 0000 00"] {
            #expect(throws: WireError.self, "\(bytes)") { try decoded(PostgresVector.self, hex(bytes), userType) }
            #expect(throws: WireError.self, "\(bytes)") { try decoded(PostgresHalfVector.self, hex(bytes), userType) }
        }
        for bytes in [
            "", "00000001 00000001 00000000", "00000001 7fffffff 00000000", "ffffffff 00000000 00000000",
            "00000001 00000001 00000000 00000001 3F800000", "00000001 00000000 00000001",
            "00000001 00000000 00000000 00",
        ] {
            #expect(throws: WireError.self, "\(bytes)") { try decoded(PostgresSparseVector.self, hex(bytes), userType) }
        }
        for text in ["", "[", "[1", "[1,]", "[a]", "[1]x", "1", "[1}", "[ 1]"] {
            #expect(throws: WireError.self, "\(text)") { try decoded(PostgresVector.self, text: text, userType) }
        }
        for text in [
            "", "{", "{}", "{}/", "{0:1}/2", "{3:1}/2", "{1:1,1:2}/2", "{1:}/2", "{1:1}/-1", "{1:1}/99999999999",
        ] {
            #expect(throws: WireError.self, "\(text)") { try decoded(PostgresSparseVector.self, text: text, userType) }
        }
    }

    #if !((os(macOS) || targetEnvironment(macCatalyst)) && arch(x86_64))
        /// Every number of 16 bits, and numbers around and between them, against the type of the language.
        @Test(.ownThread) func halfPrecision() {
            var generator = SeededGenerator(seed: 7)
            for bits in 0...UInt16.max {
                let half = Float16(bitPattern: bits)
                let vector = PostgresHalfVector(bitPatterns: [bits])
                let float = vector.floats[0]
                #expect(float.isNaN ? half.isNaN : float == Float(half) && float.sign == half.sign)
                if half.isNaN { continue }
                for candidate in [float, (float + Float(half.nextUp)) / 2, float.nextUp, float.nextDown] {
                    let expected = Float16(candidate)
                    guard !expected.isNaN else { continue }
                    #expect(PostgresHalfVector([candidate]).bitPatterns == [expected.bitPattern], "\(candidate)")
                }
            }
            for _ in 0..<20_000 {
                let float = Float(bitPattern: UInt32.random(in: 0 ... .max, using: &generator))
                let expected = Float16(float)
                let bits = PostgresHalfVector([float]).bitPatterns[0]
                #expect(expected.isNaN ? Float16(bitPattern: bits).isNaN : bits == expected.bitPattern, "\(float)")
            }
            #expect(PostgresHalfVector([1.5] as [Float16]).elements == [1.5])
        }
    #endif

    @Test(arguments: [1, 2, 3] as [UInt64]) func randomRoundTrips(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        func float() -> Float { Float(Int.random(in: -99...99, using: &generator)) / 8 }
        for _ in 0..<100 {
            let count = Int.random(in: 0...4, using: &generator)
            let store = PostgresHStore(
                (0..<count).map { _ in
                    let isNull = Bool.random(using: &generator)
                    return (randomText(using: &generator), isNull ? nil : randomText(using: &generator))
                })
            #expect(try decoded(PostgresHStore.self, text: store.description, userType) == store, "seed \(seed)")
            let floats = (0..<count).map { _ in float() }
            let cube = PostgresCube(floats.map(Double.init), (0..<count).map { _ in Double(float()) })
            #expect(try decoded(PostgresCube.self, text: cube.description, userType) == cube, "seed \(seed)")
            let vector = PostgresVector(floats)
            #expect(try decoded(PostgresVector.self, text: vector.description, userType) == vector)
            let half = PostgresHalfVector(floats)
            #expect(try decoded(PostgresHalfVector.self, text: half.description, userType) == half)
            let sparse = PostgresSparseVector(floats)
            #expect(try decoded(PostgresSparseVector.self, text: sparse.description, userType) == sparse)
            for format in [PostgresFormat.text, .binary] {
                checkDamage(PostgresHStore.self, try encoded(store), userType, format, using: &generator)
                checkDamage(PostgresCube.self, try encoded(cube), userType, format, using: &generator)
                checkDamage(PostgresVector.self, try encoded(vector), userType, format, using: &generator)
                checkDamage(PostgresHalfVector.self, hex("0002 0000 3C00 C100"), userType, format, using: &generator)
                checkDamage(
                    PostgresSparseVector.self, hex("00000005 00000001 00000000 00000002 3F800000"), userType, format,
                    using: &generator)
            }
        }
    }
}
