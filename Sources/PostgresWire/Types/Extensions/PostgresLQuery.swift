/// A pattern for paths of labels, from and for the type `lquery` of the extension ltree.
///
/// Equal only to the same bytes; what it says is not looked at. Sent as text without a declared type: the number of
/// the type differs from database to database, and the server infers it.
///
/// ```swift
/// let pattern = PostgresLQuery("Top.*{0,2}.Astronomy")
/// ```
///
/// Source: PostgreSQL manual, "ltree"; `contrib/ltree/ltree_io.c` (`lquery_send`).
public struct PostgresLQuery {
    /// The text.
    public var text: String

    public init(_ text: String) {
        self.text = text
    }
}

extension PostgresLQuery: PostgresExactText {
    public static func isVersioned(_ type: PostgresOID) -> Bool { true }
}
