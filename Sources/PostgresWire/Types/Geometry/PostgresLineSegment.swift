/// A line between two points, as PostgreSQL's `lseg` holds it.
///
/// ```swift
/// let segment = PostgresLineSegment(start: PostgresPoint(x: 0, y: 0), end: PostgresPoint(x: 1, y: 2))
/// print(segment)  // [(0,0),(1,2)]
/// ```
///
/// Source: PostgreSQL manual, "Line Segments"; `src/backend/utils/adt/geo_ops.c` (`lseg_send`).
public struct PostgresLineSegment: Hashable, Sendable {
    public let start: PostgresPoint
    public let end: PostgresPoint

    public init(start: PostgresPoint, end: PostgresPoint) {
        self.start = start
        self.end = end
    }
}

extension PostgresLineSegment: PostgresScalar {
    public static var postgresType: PostgresOID { .lseg }

    /// Both points in brackets: `[(0,0),(1,2)]`.
    public var description: String { "[\(start),\(end)]" }

    /// Reads ``description``'s format, with blanks anywhere between its parts; nil for any other text.
    public init?(utf8: [UInt8]) {
        var text = PostgresTextCursor(utf8)
        guard let (start, end) = text.bracketed("[", "]", { $0.pair() }) else { return nil }
        self.init(start: start, end: end)
    }

    public init(binary reader: inout WireReader) throws(WireError) {
        start = try PostgresPoint(binary: &reader)
        end = try PostgresPoint(binary: &reader)
    }

    public func encode(into writer: inout WireWriter) {
        start.encode(into: &writer)
        end.encode(into: &writer)
    }
}
