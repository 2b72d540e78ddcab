/// A point of the plane, as PostgreSQL's `point` holds it.
///
/// As everywhere in Swift 0 and -0 are equal; unlike elsewhere NaN is equal to NaN, so that a point is equal to itself.
/// The server's own comparison takes points for the same that are close to each other.
///
/// ```swift
/// let point = PostgresPoint(x: 1, y: -2.5)
/// print(point)  // (1,-2.5)
/// ```
///
/// Source: PostgreSQL manual, "Geometric Types"; `src/backend/utils/adt/geo_ops.c` (`point_send`).
public struct PostgresPoint: Sendable {
    /// The distance to the right of the origin.
    public let x: Double
    /// The distance above the origin.
    public let y: Double

    public init(x: Double, y: Double) {
        self.x = x
        self.y = y
    }
}

extension PostgresPoint: Hashable {
    public static func == (left: PostgresPoint, right: PostgresPoint) -> Bool {
        PostgresCoordinate(left.x) == PostgresCoordinate(right.x)
            && PostgresCoordinate(left.y) == PostgresCoordinate(right.y)
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(PostgresCoordinate(x))
        hasher.combine(PostgresCoordinate(y))
    }
}

extension PostgresPoint: PostgresScalar {
    public static var postgresType: PostgresOID { .point }

    /// Both coordinates in parentheses: `(1,-2.5)`.
    public var description: String { "(\(PostgresFloatText.describe(x)),\(PostgresFloatText.describe(y)))" }

    /// Reads ``description``'s format, with blanks anywhere between its parts; nil for any other text.
    public init?(utf8: [UInt8]) {
        var text = PostgresTextCursor(utf8)
        text.skipBlanks()
        guard let point = text.point(), text.isAtEnd else { return nil }
        self = point
    }

    public init(binary reader: inout WireReader) throws(WireError) {
        x = try reader.readDouble()
        y = try reader.readDouble()
    }

    public func encode(into writer: inout WireWriter) {
        writer.write(x)
        writer.write(y)
    }
}
