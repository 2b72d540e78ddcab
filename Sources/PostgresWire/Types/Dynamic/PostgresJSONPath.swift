/// A path into JSON, from and for `jsonpath`, as text.
///
/// Equal only to the same bytes; what it says is not looked at.
///
/// ```swift
/// let path = PostgresJSONPath("$.track.segments[*]")
/// ```
///
/// Source: PostgreSQL manual, "jsonpath Type"; `src/backend/utils/adt/jsonpath.c` (`jsonpath_send`).
public struct PostgresJSONPath {
    /// The text.
    public var text: String

    public init(_ text: String) {
        self.text = text
    }
}

extension PostgresJSONPath: PostgresExactText {
    public static var arrayType: PostgresOID { .jsonpathArray }
    public static func isVersioned(_ type: PostgresOID) -> Bool { true }
}
