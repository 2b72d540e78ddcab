import PostgresWire

/// The geometric types.
enum GeometryTarget: FuzzTarget {
    static let name = "geometry"
    static let maximumLength = 160

    private static let types: [PostgresOID] = [.point, .line, .lseg, .box, .path, .polygon, .circle]

    static func run(_ input: [UInt8]) throws {
        guard let (type, format, bytes) = Codec.choose(input, from: types) else { return }
        try Codec.checkText(PostgresPoint.self, bytes, type, format)
        try Codec.checkText(PostgresLine.self, bytes, type, format)
        try Codec.checkText(PostgresLineSegment.self, bytes, type, format)
        try Codec.checkText(PostgresBox.self, bytes, type, format)
        try Codec.checkText(PostgresPath.self, bytes, type, format)
        try Codec.checkText(PostgresPolygon.self, bytes, type, format)
        try Codec.checkText(PostgresCircle.self, bytes, type, format)
        if let box = try? Codec.decode(PostgresBox.self, bytes, type, format) {
            let again = PostgresBox(box.upperRight, box.lowerLeft)
            try require(again == box, "the corners of \(box) make \(again)")
        }
    }

    static var seeds: [[UInt8]] {
        let points = [PostgresPoint(x: 0.1, y: -0.0), PostgresPoint(x: .nan, y: .infinity)]
        let values: [any PostgresEncodable] = [
            points[0], PostgresLine(a: 1, b: -1, c: 1e300), PostgresLineSegment(start: points[0], end: points[1]),
            PostgresBox(points[0], points[1]), PostgresCircle(center: points[0], radius: .leastNonzeroMagnitude),
        ]
        let texts: [(PostgresOID, String)] = [
            (.point, "(1,-2.5)"), (.point, " ( 1e+300 , Infinity ) "), (.line, "{1,-1,0}"), (.lseg, "[(0,0),(1,2)]"),
            (.box, "(3,4),(0,0)"), (.path, "[(0,0),(1,2)]"), (.path, "((5,5))"), (.polygon, "((0,0),(1,0),(0,1))"),
            (.circle, "<(0,0),2.5>"), (.circle, "<(NaN,0),-Infinity>"), (.polygon, "()"),
        ]
        return values.map { Codec.seed($0, in: types) }
            + [true, false].compactMap { PostgresPath(points, isClosed: $0) }.map { Codec.seed($0, in: types) }
            + [PostgresPolygon(points)].compactMap { $0 }.map { Codec.seed($0, in: types) }
            + texts.flatMap { Codec.seeds($0.0, text: $0.1, in: types) }
    }

    static let dictionary: [[UInt8]] =
        ["(", ")", "[", "]", "{", "}", "<", ">", "),(", "NaN", "Infinity", "-Infinity", "e+308", "e-324", "-0"].map {
            [UInt8](text: $0)
        } + [[0x7F, 0xF8, 0, 0, 0, 0, 0, 0], [0x80, 0, 0, 0, 0, 0, 0, 0], [0, 0, 0, 2]]
}
