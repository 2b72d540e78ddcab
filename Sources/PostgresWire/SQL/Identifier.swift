/// The name of a table, a column or another object, as one name or as schema and name.
///
/// A name is always quoted when it becomes part of SQL text, so that it means exactly what it says: capitals stay
/// capitals, a dot is part of the name, and nothing in it can end the name early.
///
/// ```swift
/// let users: Identifier = "users"
/// let log = Identifier("audit", "log")
/// let sql: SQL = "SELECT * FROM \(identifier: log)"  // SELECT * FROM "audit"."log"
/// ```
///
/// Source: PostgreSQL manual, "Identifiers and Key Words".
public struct Identifier: Sendable {
    /// The schema, if it is named.
    public let schema: String?
    /// The object's own name.
    public let name: String

    /// Names an object that the server looks for along its `search_path`.
    public init(_ name: String) {
        self.schema = nil
        self.name = name
    }

    /// Names an object in a schema.
    public init(_ schema: String, _ name: String) {
        self.schema = schema
        self.name = name
    }

    /// The name as SQL text: in double quotes, with those inside it doubled.
    ///
    /// - Throws: ``PostgresError`` with ``PostgresError/Code/invalidArgument`` if a name is empty, with
    ///   ``PostgresError/Code/encodingFailed`` if it holds a NUL byte.
    public func quoted() throws(PostgresError) -> String {
        guard let schema else { return try Self.quote(name) }
        return try Self.quote(schema) + "." + Self.quote(name)
    }

    private static func quote(_ name: String) throws(PostgresError) -> String {
        var hasQuote = false
        var hasNUL = false
        for byte in name.utf8 {
            if byte == UInt8(ascii: "\"") { hasQuote = true }
            if byte == 0 { hasNUL = true }
        }
        if name.isEmpty { throw PostgresError(.invalidArgument, "an identifier is empty") }
        // A name with a NUL was put together by somebody: it is not shown.
        if hasNUL { throw PostgresError(.encodingFailed, "an identifier holds a NUL byte") }
        guard hasQuote else { return "\"\(name)\"" }
        var quoted = "\""
        quoted.reserveCapacity(name.utf8.count + 4)
        // Scalar by scalar: a quote and a combining mark after it are one Character.
        for scalar in name.unicodeScalars {
            if scalar == "\"" { quoted.unicodeScalars.append("\"") }
            quoted.unicodeScalars.append(scalar)
        }
        quoted.unicodeScalars.append("\"")
        return quoted
    }
}

extension Identifier: ExpressibleByStringLiteral {
    /// One name, whatever is in it: `"audit.log"` is a name with a dot.
    public init(stringLiteral name: String) { self.init(name) }
}

extension Identifier: Hashable {
    /// Equal if the bytes are, as the server compares names; Swift's strings are equal sooner than that.
    public static func == (left: Identifier, right: Identifier) -> Bool {
        guard left.name.utf8.elementsEqual(right.name.utf8) else { return false }
        switch (left.schema, right.schema) {
        case (nil, nil): return true
        case (let left?, let right?): return left.utf8.elementsEqual(right.utf8)
        default: return false
        }
    }

    public func hash(into hasher: inout Hasher) {
        for byte in name.utf8 { hasher.combine(byte) }
        // A byte that is in no UTF-8 text stands between the two names.
        hasher.combine(UInt8(0xFF))
        for byte in (schema ?? "").utf8 { hasher.combine(byte) }
    }
}

extension Identifier: CustomStringConvertible {
    /// The names as they are, with a dot between them; for people, not for SQL.
    public var description: String {
        if let schema { "\(schema).\(name)" } else { name }
    }
}
