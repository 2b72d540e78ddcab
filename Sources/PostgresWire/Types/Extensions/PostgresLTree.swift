/// A path of labels, from and for the extension ltree.
///
/// Equal only to the same bytes; what it says is not looked at. Sent as text without a declared type: the number of
/// the type differs from database to database, and the server infers it.
///
/// ```swift
/// let path = PostgresLTree("Top.Science.Astronomy")
/// ```
///
/// Source: PostgreSQL manual, "ltree"; `contrib/ltree/ltree_io.c` (`ltree_send`).
public struct PostgresLTree {
    /// The text.
    public var text: String

    public init(_ text: String) {
        self.text = text
    }

    /// Makes a path of its labels.
    public init(labels: [String]) {
        text = labels.joined(separator: ".")
    }

    /// The labels, the outermost first.
    public var labels: [String] { text.isEmpty ? [] : text.split(separator: ".").map(String.init) }
}

extension PostgresLTree: PostgresExactText {
    public static func isVersioned(_ type: PostgresOID) -> Bool { true }
}
