/// JSON as text, from and for `json` and `jsonb`; what it says is not looked at.
///
/// Equal only to the same bytes: `{"a":1}` is not `{"a": 1}`. Sent as text without a declared type, so that the server
/// takes it for what the place is: `json` keeps every blank of it, and `jsonb` does not. Where nothing tells, it is
/// text; `PostgresValue.json(document, type: .jsonb)` declares it, and so does `\(json: value)` in SQL. To CockroachDB it
/// is declared as `jsonb`, which is the only one there.
///
/// ```swift
/// let settings = PostgresJSON(#"{"theme": "dark"}"#)
/// ```
///
/// Source: PostgreSQL manual, "JSON Types"; `src/backend/utils/adt/jsonb.c` (`jsonb_send`).
public struct PostgresJSON {
    /// The JSON text.
    public var text: String

    public init(_ text: String) {
        self.text = text
    }
}

extension PostgresJSON: PostgresExactText {
    public static var arrayFallbackType: PostgresOID { .jsonbArray }
    public var postgresFallbackType: PostgresOID { .jsonb }

    public static func isVersioned(_ type: PostgresOID) -> Bool { type == .jsonb }

    public static func canDecode(_ type: PostgresOID, format: PostgresFormat) -> Bool {
        // Within a composite value's text no type is named.
        type == .jsonb || type == .json || (type == .unspecified && format == .text)
    }
}
