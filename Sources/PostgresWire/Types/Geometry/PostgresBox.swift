/// A rectangle whose sides are parallel to the axes, as PostgreSQL's `box` holds it.
///
/// ```swift
/// let box = PostgresBox(PostgresPoint(x: 0, y: 4), PostgresPoint(x: 3, y: 0))
/// print(box)  // (3,4),(0,0)
/// ```
///
/// Source: PostgreSQL manual, "Boxes"; `src/backend/utils/adt/geo_ops.c` (`box_send`).
public struct PostgresBox: Hashable, Sendable {
    /// The corner with the greater coordinates.
    public let upperRight: PostgresPoint
    /// The corner with the lesser coordinates.
    public let lowerLeft: PostgresPoint

    /// Makes a box from any two opposite corners; as for the server NaN is greater than all other numbers.
    public init(_ corner: PostgresPoint, _ opposite: PostgresPoint) {
        let swapsX = PostgresCoordinate.isLess(corner.x, opposite.x)
        let swapsY = PostgresCoordinate.isLess(corner.y, opposite.y)
        upperRight = PostgresPoint(x: swapsX ? opposite.x : corner.x, y: swapsY ? opposite.y : corner.y)
        lowerLeft = PostgresPoint(x: swapsX ? corner.x : opposite.x, y: swapsY ? corner.y : opposite.y)
    }
}

extension PostgresBox: PostgresScalar {
    public static var postgresType: PostgresOID { .box }

    /// The upper right corner and the lower left one: `(3,4),(0,0)`.
    public var description: String { "\(upperRight),\(lowerLeft)" }

    /// Reads any two opposite corners in ``description``'s format, with blanks anywhere between its parts; nil for any
    /// other text.
    public init?(utf8: [UInt8]) {
        var text = PostgresTextCursor(utf8)
        text.skipBlanks()
        guard let (corner, opposite) = text.pair(), text.isAtEnd else { return nil }
        self.init(corner, opposite)
    }

    public init(binary reader: inout WireReader) throws(WireError) {
        self.init(try PostgresPoint(binary: &reader), try PostgresPoint(binary: &reader))
    }

    public func encode(into writer: inout WireWriter) {
        upperRight.encode(into: &writer)
        lowerLeft.encode(into: &writer)
    }
}
