/// A point or a box in up to 100 dimensions, from and for the extension cube.
///
/// Sent as text without a declared type: the number of the type differs from database to database, and the server
/// infers it.
///
/// ```swift
/// let box = PostgresCube([0, 0], [1, 2.5])
/// print(box)  // (0, 0),(1, 2.5)
/// ```
///
/// Source: PostgreSQL manual, "cube"; `contrib/cube/cube.c` (`cube_send`, `cube_out`).
public struct PostgresCube: Sendable {
    /// One corner.
    public let corner: [Double]
    /// The corner opposite to it; the same one for a point.
    public let opposite: [Double]

    /// Whether it is a point. One with a NaN among its coordinates can be a point or a box whose corners are equal, which
    /// the server tells apart.
    public let isPoint: Bool

    /// The most dimensions that the server allows.
    static let maximumDimensions = 100

    /// Makes a point.
    public init(_ point: [Double]) {
        corner = point
        opposite = point
        isPoint = true
    }

    /// Makes a box; what one corner has more coordinates than the other is taken for 0 in that one.
    public init(_ corner: [Double], _ opposite: [Double]) {
        let count = max(corner.count, opposite.count)
        self.corner = corner + repeatElement(0, count: count - corner.count)
        self.opposite = opposite + repeatElement(0, count: count - opposite.count)
        isPoint = self.corner == self.opposite
    }
}

extension PostgresCube: Hashable {
    // NaN is NaN, as in the server's own comparisons.
    public static func == (left: PostgresCube, right: PostgresCube) -> Bool {
        left.isPoint == right.isPoint && left.coordinates.elementsEqual(right.coordinates)
    }

    public func hash(into hasher: inout Hasher) {
        for coordinate in coordinates { hasher.combine(coordinate) }
    }

    private var coordinates: some Sequence<PostgresCoordinate> {
        (corner + opposite).lazy.map { PostgresCoordinate($0) }
    }
}

extension PostgresCube {
    /// The cube as the server prints it: `(1, 2)` for a point, `(0, 0),(1, 2.5)` for a box.
    public var description: String {
        isPoint ? Self.describe(corner) : Self.describe(corner) + "," + Self.describe(opposite)
    }

    private static func describe(_ point: [Double]) -> String {
        "(" + point.map(PostgresFloatText.describe).joined(separator: ", ") + ")"
    }
}

extension PostgresCube: PostgresUndeclared {
    public init(from reader: inout WireReader, type: PostgresOID, format: PostgresFormat) throws(WireError) {
        guard Self.canDecode(type, format: format) else { throw .typeMismatch }
        switch format {
        case .binary:
            let header = try reader.readUInt32()
            let count = Int(header & 0x7FFF_FFFF)
            guard count <= Self.maximumDimensions else { throw .invalidLength }
            corner = try Self.readPoint(count, &reader)
            // The highest bit says that the two corners are one.
            let isOne = header >> 31 == 1
            opposite = isOne ? corner : try Self.readPoint(count, &reader)
            isPoint = isOne || corner == opposite
            try reader.expectEnd()
        case .text:
            var scanner = PostgresTextCursor(&reader)
            corner = try Self.readPoint(&scanner)
            let isBox = scanner.accept(UInt8(ascii: ","))
            opposite = isBox ? try Self.readPoint(&scanner) : corner
            isPoint = !isBox || corner == opposite
            try scanner.expectEnd()
            guard corner.count == opposite.count else { throw .invalidValue }
        }
    }

    private static func readPoint(_ count: Int, _ reader: inout WireReader) throws(WireError) -> [Double] {
        guard count <= reader.remaining / MemoryLayout<Double>.size else { throw .truncated }
        var point: [Double] = []
        point.reserveCapacity(count)
        for _ in 0..<count { point.append(try reader.readDouble()) }
        return point
    }

    private static func readPoint(_ scanner: inout PostgresTextCursor) throws(WireError) -> [Double] {
        try scanner.expect(UInt8(ascii: "("))
        var point: [Double] = []
        if scanner.accept(UInt8(ascii: ")")) { return point }
        repeat {
            guard point.count < maximumDimensions else { throw .invalidLength }
            _ = scanner.accept(UInt8(ascii: " "))
            let text = scanner.read { $0 == UInt8(ascii: ",") || $0 == UInt8(ascii: ")") }
            point.append(
                try WireReader.read(text) { (reader) throws(WireError) in
                    try reader.readFloatingPoint(as: Double.self)
                })
        } while scanner.accept(UInt8(ascii: ","))
        try scanner.expect(UInt8(ascii: ")"))
        return point
    }
}
