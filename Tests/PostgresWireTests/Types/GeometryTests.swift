import PostgresWire
import Testing

@Suite(.ownThread) struct GeometryTests {
    static let points: [ScalarVector] = [
        ("(1,-2.5)", "3ff0000000000000c004000000000000"),
        ("(-0,0)", "80000000000000000000000000000000"),
        ("(NaN,Infinity)", "7ff80000000000007ff0000000000000"),
        ("(-Infinity,1e+300)", "fff00000000000007e37e43c8800759c"),
        ("(0.1,5e-324)", "3fb999999999999a0000000000000001"),
        ("(1e+15,100000000000000)", "430c6bf52634000042d6bcc41e900000"),
    ]

    static let lines: [ScalarVector] = [
        ("{1,-1,0}", "3ff0000000000000bff00000000000000000000000000000"),
        ("{0,1e-05,-0}", "00000000000000003ee4f8b588e368f18000000000000000"),
    ]

    static let segments: [ScalarVector] = [
        ("[(0,0),(1,2)]", "000000000000000000000000000000003ff00000000000004000000000000000")
    ]

    static let boxes: [ScalarVector] = [
        ("(3,4),(0,0)", "4008000000000000401000000000000000000000000000000000000000000000"),
        ("(NaN,2),(2,1)", "7ff8000000000000400000000000000040000000000000003ff0000000000000"),
        ("(0,0),(-0,-0)", "0000000000000000000000000000000080000000000000008000000000000000"),
        ("(-0,-0),(0,0)", "8000000000000000800000000000000000000000000000000000000000000000"),
    ]

    static let paths: [ScalarVector] = [
        ("[(0,0),(1,2)]", "0000000002000000000000000000000000000000003ff00000000000004000000000000000"),
        ("((0,0),(1,2))", "0100000002000000000000000000000000000000003ff00000000000004000000000000000"),
        ("((5,5))", "010000000140140000000000004014000000000000"),
        ("[(5,5)]", "000000000140140000000000004014000000000000"),
    ]

    static let polygons: [ScalarVector] = [
        (
            "((0,0),(1,0),(0,1))",
            "00000003000000000000000000000000000000003ff0000000000000000000000000000000000000000000003ff0000000000000"
        ),
        ("((5,5))", "0000000140140000000000004014000000000000"),
    ]

    static let circles: [ScalarVector] = [
        ("<(0,0),2.5>", "000000000000000000000000000000004004000000000000"),
        ("<(1,2),0>", "3ff000000000000040000000000000000000000000000000"),
        ("<(1,2),Infinity>", "3ff000000000000040000000000000007ff0000000000000"),
    ]

    @Test func bothWays() throws {
        try expectBothWays(PostgresPoint.self, Self.points)
        try expectBothWays(PostgresLine.self, Self.lines)
        try expectBothWays(PostgresLineSegment.self, Self.segments)
        try expectBothWays(PostgresBox.self, Self.boxes)
        try expectBothWays(PostgresPath.self, Self.paths)
        try expectBothWays(PostgresPolygon.self, Self.polygons)
        try expectBothWays(PostgresCircle.self, Self.circles)
    }

    /// The shortest digits of these lie between two doubles; the server takes one more.
    @Test func digitsOnTheBorder() {
        for (number, text) in [
            (-3.3087084963566128e16, "-3.3087084963566128e+16"), (-9.953015950976701e16, "-9.953015950976701e+16"),
            (9_007_199_254_740_994, "9.007199254740994e+15"), (1e16, "1e+16"), (1e22, "1e+22"),
        ] {
            #expect(PostgresPoint(x: number, y: 0).description == "(\(text),0)")
        }
    }

    @Test func equality() {
        let nan = PostgresPoint(x: .nan, y: 0)
        #expect(nan == nan && nan == PostgresPoint(x: -.nan, y: -0.0))
        #expect(Set([nan, PostgresPoint(x: .signalingNaN, y: -0.0)]).count == 1)
        #expect(PostgresPoint(x: 1, y: 2) != PostgresPoint(x: 2, y: 1))
        #expect(PostgresLine(a: .nan, b: 0, c: 1) == PostgresLine(a: .nan, b: -0.0, c: 1))
        #expect(PostgresCircle(center: nan, radius: .nan) == PostgresCircle(center: nan, radius: .nan))
        #expect(PostgresPath([nan], isClosed: true) != PostgresPath([nan], isClosed: false))
    }

    @Test func corners() {
        let corners = [(0.0, 4.0), (3, 0), (0, 0), (3, 4)].map { PostgresPoint(x: $0.0, y: $0.1) }
        let box = PostgresBox(corners[0], corners[1])
        #expect(PostgresBox(corners[1], corners[0]) == box && PostgresBox(corners[2], corners[3]) == box)
        #expect(box.upperRight == corners[3] && box.lowerLeft == corners[2])
        #expect(PostgresBox("(0,0),(3,4)") == box)
    }

    @Test func blanks() {
        #expect(PostgresPoint(" ( 1 , -2.5 ) ") == PostgresPoint(x: 1, y: -2.5))
        #expect(PostgresLine("{ 1, -1, 0 }") == PostgresLine(a: 1, b: -1, c: 0))
        #expect(PostgresPath(" [ (0,0), (1,2) ] ")?.description == "[(0,0),(1,2)]")
        #expect(PostgresPolygon("( (0,0), (1, 2) )")?.points.count == 2)
        #expect(PostgresCircle(" < ( 0 , 0 ) , 2.5 > ")?.radius == 2.5)
    }

    @Test func whatIsNone() {
        for text in [
            "", "(", "()", "(1)", "(1,)", "(1,2,3)", "(1,2", "1,2)", "(1;2)", "(1,2))", "((1,2))", "(1e,2)", "(1,two)",
            "(1.7976931348623157e309,0)", "(infinity,0)", "(1 1,2)", "(nan,0)", "(0x1p3,0)", "(1,2)(3,4)",
        ] {
            #expect(PostgresPoint(text) == nil, "\(text)")
        }
        for text in ["", "{}", "{1,2}", "{1,2,3,4}", "(1,2,3)", "{1,2,3", "{1,2,3} x"] {
            #expect(PostgresLine(text) == nil, "\(text)")
        }
        for text in [
            "", "[]", "()", "[(1,2)", "[(1,2))", "((1,2)]", "[(1,2),]", "[(1,2)(3,4)]", "(1,2),(3,4)", "[1,2]",
        ] {
            #expect(PostgresPath(text) == nil, "\(text)")
        }
        for text in ["[(1,2),(3,4)]", "()", "((1,2),)", "(1,2)"] { #expect(PostgresPolygon(text) == nil, "\(text)") }
        for text in ["[(1,2)]", "[(1,2),(3,4),(5,6)]", "((1,2),(3,4))"] {
            #expect(PostgresLineSegment(text) == nil, "\(text)")
        }
        for text in ["(1,2)", "(1,2),(3,4),(5,6)", "((1,2),(3,4))", "(1,2),"] {
            #expect(PostgresBox(text) == nil, "\(text)")
        }
        for text in ["<(1,2)>", "<1,2,3>", "((1,2),3)", "<(1,2),3", "<(1,2),>"] {
            #expect(PostgresCircle(text) == nil, "\(text)")
        }
        #expect(PostgresPath([], isClosed: true) == nil && PostgresPolygon([]) == nil)
    }

    // Guard: Sources/PostgresWire/Types/Geometry/PostgresTextCursor+Geometry.swift: `guard count > 0 else { throw .invalidLength }`
    @Test func countsAreChecked() {
        let point = String(repeating: "0", count: 32)
        for (bytes, error) in [
            ("00000000", WireError.invalidLength), ("ffffffff", .invalidLength), ("7fffffff" + point, .truncated),
            ("00000002" + point, .truncated), ("00000001" + point + "00", .trailingBytes), ("000000", .truncated),
        ] {
            #expect(throws: error, "\(bytes)") { try decoded(PostgresPolygon.self, hex(bytes), .polygon) }
            #expect(throws: error, "\(bytes)") { try decoded(PostgresPath.self, hex("01" + bytes), .path) }
        }
        #expect(throws: WireError.invalidValue) { try decoded(PostgresPath.self, hex("02 00000001" + point), .path) }
    }

    @Test(arguments: [51, 52] as [UInt64])
    func randomValues(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        func number() -> Double {
            switch UInt8.random(in: 0...5, using: &generator) {
            case 0: Double(bitPattern: generator.next())
            case 1: [0.0, -0.0, .infinity, -.infinity, .nan, 1e-300].randomElement(using: &generator) ?? 0
            default: (Double.random(in: -1000...1000, using: &generator) * 100).rounded() / 100
            }
        }
        func points() -> [PostgresPoint] {
            (0..<Int.random(in: 1...5, using: &generator)).map { _ in PostgresPoint(x: number(), y: number()) }
        }
        func samples<Value>(_ make: ([PostgresPoint]) -> Value?) -> [Value] {
            (0..<200).compactMap { _ in make(points()) }
        }
        try expectRoundTrip(samples { $0.first })
        try expectRoundTrip(samples { PostgresLine(a: number(), b: number(), c: $0[0].x) })
        try expectRoundTrip(samples { PostgresLineSegment(start: $0[0], end: $0[$0.count - 1]) })
        try expectRoundTrip(samples { PostgresBox($0[0], $0[$0.count - 1]) })
        try expectRoundTrip(samples { PostgresPath($0, isClosed: Bool.random(using: &generator)) })
        try expectRoundTrip(samples { PostgresPolygon($0) })
        try expectRoundTrip(samples { PostgresCircle(center: $0[0], radius: number()) })
    }
}
