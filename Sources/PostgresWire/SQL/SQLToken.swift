/// One lexical element of SQL text: what it is and which bytes it covers.
///
/// Tokens cover their input without gaps, white space and comments included, so that the tokens of a text put
/// together are the text.
///
/// Source: PostgreSQL manual, "Lexical Structure", and the server's `scan.l`.
public struct SQLToken: Hashable, Sendable {
    /// What a token is.
    public enum Kind: Hashable, Sendable {
        /// Spaces, tabs, line ends, form feeds; also a byte order mark at the very start.
        case whitespace
        /// `-- ...` up to, not including, the end of the line.
        case lineComment
        /// `/* ... */`, which may hold further comments.
        case blockComment
        /// An unquoted key word or identifier.
        case word
        /// `"..."` or `U&"..."`.
        case quotedIdentifier
        /// `'...'`, in which a backslash is a character like any other.
        case string
        /// `E'...'`, in which a backslash escapes; also the further lines of such a literal.
        case escapeString
        /// `U&'...'`.
        case unicodeString
        /// `B'...'` or `X'...'`; `b'...'` may hold backslash escapes, as on CockroachDB.
        case bitString
        /// `N'...'`.
        case nationalString
        /// `$$...$$` or `$tag$...$tag$`.
        case dollarString
        /// `42`, `4.2`, `.5`, `1e10`, `0x1F`, `0o17`, `0b11`, `1_000`.
        case number
        /// `$1`.
        case parameter
        /// `+`, `<=`, `@>`, `:=`, `..` and any other run of operator characters, cut as the server cuts it.
        case `operator`
        /// `(`
        case openParenthesis
        /// `)`
        case closeParenthesis
        /// `[`
        case openBracket
        /// `]`
        case closeBracket
        /// `,`
        case comma
        /// `:`
        case colon
        /// `::`
        case typecast
        /// `.`
        case dot
        /// `;`, which ends the statement unless ``SQLToken/isInsideBody``.
        case semicolon
        /// The rows after `COPY ... FROM STDIN;`, with the line `\.` that ends them.
        case copyData
        /// A command to psql, from a backslash where a statement could start to the end of the line.
        case psqlMetaCommand
        /// A byte that starts nothing; always one byte.
        case invalid
    }

    /// What it is.
    public let kind: Kind
    /// The bytes it covers.
    public let range: Range<Int>
    /// Whether the input ended before the quote, comment or COPY data did.
    public let isUnterminated: Bool
    /// Whether it lies within a `BEGIN ATOMIC` body, or within the parentheses of a `CREATE RULE`: there a
    /// semicolon does not end the statement.
    public let isInsideBody: Bool

    /// Whether the server's grammar never sees it: white space and comments.
    public var isTrivia: Bool {
        switch kind {
        case .whitespace, .lineComment, .blockComment: true
        default: false
        }
    }
}
