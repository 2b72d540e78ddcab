/// Points joined by lines, as PostgreSQL's `path` holds them; the last one is joined to the first if it is closed.
///
/// ```swift
/// let path = PostgresPath([PostgresPoint(x: 0, y: 0), PostgresPoint(x: 1, y: 2)], isClosed: false)
/// print(path?.description ?? "no path")  // [(0,0),(1,2)]
/// ```
///
/// Source: PostgreSQL manual, "Paths"; `src/backend/utils/adt/geo_ops.c` (`path_send`).
public struct PostgresPath: Hashable, Sendable {
    /// The points, of which there is at least one.
    public let points: [PostgresPoint]
    /// Whether the last point is joined to the first.
    public let isClosed: Bool

    /// Makes a path; nil if there are no points.
    public init?(_ points: [PostgresPoint], isClosed: Bool) {
        guard !points.isEmpty else { return nil }
        self.points = points
        self.isClosed = isClosed
    }
}

extension PostgresPath: PostgresScalar {
    public static var postgresType: PostgresOID { .path }

    /// The points, in parentheses if the path is closed and in brackets otherwise: `[(0,0),(1,2)]`.
    public var description: String { isClosed ? "(\(points.list))" : "[\(points.list)]" }

    /// Reads ``description``'s format, with blanks anywhere between its parts; nil for any other text.
    public init?(utf8: [UInt8]) {
        var text = PostgresTextCursor(utf8)
        text.skipBlanks()
        let isClosed = text.next == UInt8(ascii: "(")
        let points = isClosed ? text.bracketed("(", ")") { $0.points() } : text.bracketed("[", "]") { $0.points() }
        guard let points else { return nil }
        self.init(points, isClosed: isClosed)
    }

    /// - Throws: ``WireError/invalidLength`` for a path of no points, ``WireError/truncated`` for one of more points than
    ///   there are.
    public init(binary reader: inout WireReader) throws(WireError) {
        let isClosed = try reader.readUInt8()
        guard isClosed <= 1 else { throw .invalidValue }
        points = try [PostgresPoint](counted: &reader)
        self.isClosed = isClosed == 1
    }

    public func encode(into writer: inout WireWriter) {
        writer.write(isClosed ? 1 : 0 as UInt8)
        points.encodeCounted(into: &writer)
    }
}
