/// SQL text cut into statements, with its directives and psql commands.
///
/// Quotes of all kinds, nested comments, `BEGIN ATOMIC ... END` bodies and the rows of `COPY ... FROM STDIN;` are
/// respected: a semicolon or a directive in one of them is none.
///
/// ```swift
/// let script = try SQLScript("CREATE TABLE t (id INT); -- first\nDROP TABLE t")
/// print(script.statements.map(\.text))   // ["CREATE TABLE t (id INT)", "DROP TABLE t"]
/// ```
public struct SQLScript: Sendable {
    /// The whole text that was given.
    public let bytes: [UInt8]
    /// The statements in their order; empty ones are left out.
    public let statements: [SQLStatement]
    /// The directives in their order.
    public let directives: [SQLDirective]
    /// The commands to psql in their order.
    public let metaCommands: [SQLMetaCommand]

    /// Cuts a text into statements.
    ///
    /// - Throws: what hides the end of a statement, and where it starts.
    public init(_ text: String) throws(SQLSyntaxError) {
        try self.init(Array(text.utf8))
    }

    /// Cuts bytes, or a part of them, into statements.
    ///
    /// - Parameters:
    ///   - bytes: the text in UTF-8; a byte order mark at its start is skipped.
    ///   - range: the part to read, by default all. It should start where a statement can, and is cut to what there is;
    ///     offsets, lines and columns count from the start of `bytes` all the same.
    ///   - readsCopyData: whether the rows of `COPY ... FROM STDIN;` are in the text, as in a script for psql.
    /// - Throws: what hides the end of a statement, and where it starts.
    public init(_ bytes: [UInt8], range: Range<Int>? = nil, readsCopyData: Bool = true) throws(SQLSyntaxError) {
        var reader = SQLScriptReader(bytes, range: range, readsCopyData: readsCopyData)
        try reader.read()
        self.bytes = bytes
        statements = reader.statements
        directives = reader.directives
        metaCommands = reader.metaCommands
    }
}
