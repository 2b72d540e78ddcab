/// Words to be found in paths of labels, from and for the type `ltxtquery` of the extension ltree.
///
/// Equal only to the same bytes; what it says is not looked at. Sent as text without a declared type: the number of
/// the type differs from database to database, and the server infers it.
///
/// ```swift
/// let words = PostgresLTxtQuery("Europe & Russia*@ & !Transportation")
/// ```
///
/// Source: PostgreSQL manual, "ltree"; `contrib/ltree/ltxtquery_io.c` (`ltxtq_send`).
public struct PostgresLTxtQuery {
    /// The text.
    public var text: String

    public init(_ text: String) {
        self.text = text
    }
}

extension PostgresLTxtQuery: PostgresExactText {
    public static func isVersioned(_ type: PostgresOID) -> Bool { true }
}
