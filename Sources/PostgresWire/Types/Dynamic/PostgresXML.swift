/// XML as text, from and for `xml`, in UTF-8 whatever its declaration says.
///
/// Equal only to the same bytes; what it says is not looked at.
///
/// ```swift
/// let document = PostgresXML("<note>hello</note>")
/// ```
///
/// Source: PostgreSQL manual, "XML Type".
public struct PostgresXML {
    /// The text.
    public var text: String

    public init(_ text: String) {
        self.text = text
    }
}

extension PostgresXML: PostgresExactText {
    public static var arrayType: PostgresOID { .xmlArray }
}
