extension PostgresTextCursor {
    /// Reads `(1,2)` and the blanks after it.
    mutating func point() -> PostgresPoint? {
        guard acceptBetweenBlanks(UInt8(ascii: "(")), let x = double(), acceptBetweenBlanks(UInt8(ascii: ",")),
            let y = double(), acceptBetweenBlanks(UInt8(ascii: ")"))
        else { return nil }
        return PostgresPoint(x: x, y: y)
    }

    /// Reads one point or more, with commas between them.
    mutating func points() -> [PostgresPoint]? {
        var points: [PostgresPoint] = []
        repeat {
            guard let point = point() else { return nil }
            points.append(point)
        } while acceptBetweenBlanks(UInt8(ascii: ","))
        return points
    }

    /// Reads a pair of points.
    mutating func pair() -> (PostgresPoint, PostgresPoint)? {
        guard let first = point(), acceptBetweenBlanks(UInt8(ascii: ",")), let second = point() else { return nil }
        return (first, second)
    }

    /// Reads what stands between two brackets, up to the end of the text.
    mutating func bracketed<Value>(
        _ opening: Character, _ closing: Character, _ body: (inout PostgresTextCursor) -> Value?
    ) -> Value? {
        guard let opening = opening.asciiValue, let closing = closing.asciiValue, acceptBetweenBlanks(opening),
            let value = body(&self), acceptBetweenBlanks(closing), isAtEnd
        else { return nil }
        return value
    }
}

extension [PostgresPoint] {
    /// The points with commas between them.
    var list: String { map(\.description).joined(separator: ",") }

    /// Reads the number of points, and the points.
    ///
    /// - Throws: ``WireError/invalidLength`` for no points at all, which no path and no polygon of the server has.
    init(counted reader: inout WireReader) throws(WireError) {
        let count = Int(try reader.readInt32())
        guard count > 0 else { throw .invalidLength }
        guard count <= reader.remaining / (2 * MemoryLayout<Double>.size) else { throw .truncated }
        self = []
        reserveCapacity(count)
        for _ in 0..<count { append(try PostgresPoint(binary: &reader)) }
    }

    func encodeCounted(into writer: inout WireWriter) {
        guard let count = Int32(exactly: count) else { return writer.fail(.tooLarge) }
        writer.write(count)
        for point in self { point.encode(into: &writer) }
    }
}
