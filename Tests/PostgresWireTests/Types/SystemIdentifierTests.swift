import PostgresWire
import Testing

@Suite(.ownThread) struct SystemIdentifierTests {
    static let positions: [ScalarVector] = [
        ("0/0", "0000000000000000"),
        ("16/B374D848", "00000016b374d848"),
        ("FFFFFFFF/FFFFFFFF", "ffffffffffffffff"),
        ("1/A", "000000010000000a"),
    ]

    static let transactions: [ScalarVector] = [
        ("0", "0000000000000000"),
        ("742", "00000000000002e6"),
        ("18446744073709551615", "ffffffffffffffff"),
    ]

    static let places: [ScalarVector] = [
        ("(0,1)", "000000000001"),
        ("(4294967295,65535)", "ffffffffffff"),
    ]

    static let snapshots: [ScalarVector] = [
        ("10:20:10,14,15", "00000003000000000000000a0000000000000014000000000000000a000000000000000e000000000000000f"),
        ("1:1:", "0000000000000000000000010000000000000001"),
        (
            "9223372036854775806:9223372036854775807:9223372036854775806",
            "000000017ffffffffffffffe7fffffffffffffff7ffffffffffffffe"
        ),
    ]

    @Test func bothWays() throws {
        try expectBothWays(PostgresLSN.self, Self.positions)
        try expectBothWays(PostgresFullTransactionID.self, Self.transactions)
        try expectBothWays(PostgresTupleID.self, Self.places)
        try expectBothWays(PostgresSnapshot.self, Self.snapshots)
        try expectBothWays(PostgresSnapshot.self, Self.snapshots, .txidSnapshot)
        try expectBothWays(PostgresTransactionID.self, [("0", "00000000"), ("4294967295", "ffffffff")])
        try expectBothWays(PostgresCommandID.self, [("3", "00000003")])
        #expect(PostgresTransactionID(truncating: PostgresFullTransactionID(4_294_968_038)).number == 742)
        #expect(PostgresLSN("16/0B374D84") == PostgresLSN(position: 0x16_0B37_4D84))
    }

    @Test func whatIsNone() {
        for text in ["", "/", "0", "0/", "/0", "123456789/0", "0/123456789", "g/0", "0/0/0", " 0/0", "-1/0"] {
            #expect(PostgresLSN(text) == nil, "\(text)")
        }
        for text in ["", "(0,1", "0,1", "(0, 1)", "(-1,1)", "(0,65536)", "(4294967296,0)", "(0,1,2)", "()"] {
            #expect(PostgresTupleID(text) == nil, "\(text)")
        }
        for text in ["", "-1", "4294967296", "0x10", "1 ", "1.0"] {
            #expect(PostgresTransactionID(text) == nil, "\(text)")
        }
        #expect(PostgresFullTransactionID("18446744073709551616") == nil)
        for text in [
            "", "1", "1:2", "0:1:", "2:1:", "1:2:3", "1:9:5,4", "1:9:4,4", "1:9:4,", "1:9:,4", "1:9:4 ",
            "1:9223372036854775808:", "-1:2:",
        ] {
            #expect(PostgresSnapshot(text) == nil, "\(text)")
        }
    }

    @Test func countsAreChecked() {
        let limits = "000000000000000a 0000000000000014"
        for (bytes, error) in [
            ("ffffffff" + limits, WireError.invalidLength), ("7fffffff" + limits, .truncated),
            ("00000001" + limits, .truncated), ("00000001" + limits + "0000000000000015", .invalidValue),
            ("00000002" + limits + "000000000000000b 000000000000000b", .invalidValue),
            ("00000000" + limits + "00", .trailingBytes),
        ] {
            #expect(throws: error, "\(bytes)") { try decoded(PostgresSnapshot.self, hex(bytes), .pgSnapshot) }
        }
    }

    /// The names' types in binary are numbers; in text they are read as text.
    @Test func namedObjects() throws {
        for type in [PostgresOID.regclass, .regtype, .regproc, .regnamespace, .regrole, .regcollation] {
            #expect(try decoded(PostgresOID.self, hex("00000017"), type) == .int4)
            #expect(throws: WireError.typeMismatch) { try decoded(PostgresOID.self, text: "pg_class", type) }
            #expect(try decoded(String.self, text: "pg_class", type) == "pg_class")
        }
    }

    @Test func vectors() throws {
        let header = "00000001 00000000 00000015 00000002 00000000"
        #expect(try decoded([Int16].self, hex(header + "00000002 0001 00000002 ffff"), .int2vector) == [1, -1])
        let oids = "00000001 00000000 0000001a 00000001 00000000"
        #expect(try decoded([PostgresOID].self, hex(oids + "00000004 00000017"), .oidvector) == [.int4])
    }

    @Test func randomValues() throws {
        var generator = SeededGenerator(seed: 41)
        var snapshots: [PostgresSnapshot] = []
        var positions: [PostgresLSN] = []
        for _ in 0..<200 {
            let minimum = generator.next() >> UInt64.random(in: 1...40, using: &generator) | 1
            let steps = (0..<Int.random(in: 0...5, using: &generator)).map { _ in
                UInt64.random(in: 1...9, using: &generator)
            }
            let ids = steps.reduce(into: []) { ids, step in ids.append((ids.last ?? minimum) &+ step) }
            let maximum = (ids.last ?? minimum) &+ 1
            guard maximum <= UInt64(Int64.max) else { continue }
            snapshots.append(try #require(PostgresSnapshot(minimum: minimum, maximum: maximum, inProgress: ids)))
            positions.append(PostgresLSN(position: generator.next() >> UInt64.random(in: 0...63, using: &generator)))
        }
        #expect(snapshots.count > 50)
        try expectRoundTrip(snapshots)
        try expectRoundTrip(positions)
    }
}
