/// A circle, as PostgreSQL's `circle` holds it.
///
/// ```swift
/// let circle = PostgresCircle(center: PostgresPoint(x: 0, y: 0), radius: 2.5)
/// print(circle)  // <(0,0),2.5>
/// ```
///
/// The server takes no negative radius.
///
/// Source: PostgreSQL manual, "Circles"; `src/backend/utils/adt/geo_ops.c` (`circle_send`).
public struct PostgresCircle: Sendable {
    public let center: PostgresPoint
    public let radius: Double

    public init(center: PostgresPoint, radius: Double) {
        self.center = center
        self.radius = radius
    }
}

extension PostgresCircle: Hashable {
    public static func == (left: PostgresCircle, right: PostgresCircle) -> Bool {
        left.center == right.center && PostgresCoordinate(left.radius) == PostgresCoordinate(right.radius)
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(center)
        hasher.combine(PostgresCoordinate(radius))
    }
}

extension PostgresCircle: PostgresScalar {
    public static var postgresType: PostgresOID { .circle }

    /// The centre and the radius in angle brackets: `<(0,0),2.5>`.
    public var description: String { "<\(center),\(PostgresFloatText.describe(radius))>" }

    /// Reads ``description``'s format, with blanks anywhere between its parts; nil for any other text.
    public init?(utf8: [UInt8]) {
        var text = PostgresTextCursor(utf8)
        let circle = text.bracketed("<", ">") { text -> PostgresCircle? in
            guard let center = text.point(), text.acceptBetweenBlanks(UInt8(ascii: ",")), let radius = text.double()
            else { return nil }
            return PostgresCircle(center: center, radius: radius)
        }
        guard let circle else { return nil }
        self = circle
    }

    public init(binary reader: inout WireReader) throws(WireError) {
        center = try PostgresPoint(binary: &reader)
        radius = try reader.readDouble()
    }

    public func encode(into writer: inout WireWriter) {
        center.encode(into: &writer)
        writer.write(radius)
    }
}
