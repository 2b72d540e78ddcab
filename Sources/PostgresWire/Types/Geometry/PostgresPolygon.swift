/// An area within straight lines, as PostgreSQL's `polygon` holds it.
///
/// ```swift
/// let corners = [PostgresPoint(x: 0, y: 0), PostgresPoint(x: 1, y: 0), PostgresPoint(x: 0, y: 1)]
/// print(PostgresPolygon(corners)?.description ?? "no polygon")  // ((0,0),(1,0),(0,1))
/// ```
///
/// Source: PostgreSQL manual, "Polygons"; `src/backend/utils/adt/geo_ops.c` (`poly_send`).
public struct PostgresPolygon: Hashable, Sendable {
    /// The corners in order, of which there is at least one.
    public let points: [PostgresPoint]

    /// Makes a polygon; nil if there are no corners.
    public init?(_ points: [PostgresPoint]) {
        guard !points.isEmpty else { return nil }
        self.points = points
    }
}

extension PostgresPolygon: PostgresScalar {
    public static var postgresType: PostgresOID { .polygon }

    /// The corners in parentheses: `((0,0),(1,0),(0,1))`.
    public var description: String { "(\(points.list))" }

    /// Reads ``description``'s format, with blanks anywhere between its parts; nil for any other text.
    public init?(utf8: [UInt8]) {
        var text = PostgresTextCursor(utf8)
        guard let points = text.bracketed("(", ")", { $0.points() }) else { return nil }
        self.init(points)
    }

    /// - Throws: ``WireError/invalidLength`` for a polygon of no points, ``WireError/truncated`` for one of more points
    ///   than there are.
    public init(binary reader: inout WireReader) throws(WireError) {
        points = try [PostgresPoint](counted: &reader)
    }

    public func encode(into writer: inout WireWriter) {
        points.encodeCounted(into: &writer)
    }
}
