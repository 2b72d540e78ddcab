/// A five-character SQLSTATE, as every error of the server carries one.
///
/// The constants are in the generated `SQLState+Conditions.swift`, named as PostgreSQL names the conditions.
///
/// ```swift
/// do {
///     try db.execute("INSERT INTO users (id) VALUES (1)")
/// } catch {
///     if error.sqlState == .uniqueViolation { print("there already") }
/// }
/// ```
///
/// Source: PostgreSQL manual, appendix A "PostgreSQL Error Codes".
public struct SQLState: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
    /// The five characters.
    public let rawValue: String

    public init(rawValue: String) {
        self.rawValue = rawValue
    }

    public var description: String { rawValue }

    /// The first two characters, which name the class of the condition.
    public var conditionClass: String { String(rawValue.prefix(2)) }
}
