/// A line without ends, as PostgreSQL's `line` holds it: all points for which `a`·x + `b`·y + `c` is 0.
///
/// ```swift
/// let diagonal = PostgresLine(a: 1, b: -1, c: 0)
/// print(diagonal)  // {1,-1,0}
/// ```
///
/// The server takes no line whose `a` and `b` are both 0.
///
/// Source: PostgreSQL manual, "Lines"; `src/backend/utils/adt/geo_ops.c` (`line_send`).
public struct PostgresLine: Sendable {
    public let a: Double
    public let b: Double
    public let c: Double

    public init(a: Double, b: Double, c: Double) {
        self.a = a
        self.b = b
        self.c = c
    }
}

extension PostgresLine: Hashable {
    public static func == (left: PostgresLine, right: PostgresLine) -> Bool {
        left.coefficients == right.coefficients
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(coefficients)
    }

    private var coefficients: [PostgresCoordinate] { [a, b, c].map { PostgresCoordinate($0) } }
}

extension PostgresLine: PostgresScalar {
    public static var postgresType: PostgresOID { .line }

    /// The three numbers in braces: `{1,-1,0}`.
    public var description: String {
        "{" + [a, b, c].map { PostgresFloatText.describe($0) }.joined(separator: ",") + "}"
    }

    /// Reads ``description``'s format, with blanks anywhere between its parts; nil for any other text.
    public init?(utf8: [UInt8]) {
        var text = PostgresTextCursor(utf8)
        let line = text.bracketed("{", "}") { text -> PostgresLine? in
            guard let a = text.double(), text.acceptBetweenBlanks(UInt8(ascii: ",")), let b = text.double(),
                text.acceptBetweenBlanks(UInt8(ascii: ",")), let c = text.double()
            else { return nil }
            return PostgresLine(a: a, b: b, c: c)
        }
        guard let line else { return nil }
        self = line
    }

    public init(binary reader: inout WireReader) throws(WireError) {
        a = try reader.readDouble()
        b = try reader.readDouble()
        c = try reader.readDouble()
    }

    public func encode(into writer: inout WireWriter) {
        writer.write(a)
        writer.write(b)
        writer.write(c)
    }
}
