/// A statement as the server takes it: text with `$1`, `$2` … and the values they stand for.
///
/// ```swift
/// let query: SQL = "SELECT name FROM users WHERE id = \(7)"
/// let rendered = try query.render()
/// print(rendered.text)  // SELECT name FROM users WHERE id = $1
/// print(rendered.parameters.count)  // 1
/// ```
public struct RenderedSQL: Sendable {
    /// The text; no byte of it is NUL.
    public let text: String
    /// The value of `$1` first; 65,535 at most.
    public let parameters: [any PostgresEncodable]

    package init(text: String, parameters: [any PostgresEncodable]) {
        self.text = text
        self.parameters = parameters
    }
}

extension RenderedSQL: CustomStringConvertible {
    /// The text, without the values.
    public var description: String { text }
}
