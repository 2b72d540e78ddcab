/// One statement of a ``SQLScript``: its text, its place, and the rows that follow it.
public struct SQLStatement: Sendable {
    let source: [UInt8]
    /// The bytes of the statement in the script, without the semicolon and without white space and comments around it.
    public let range: Range<Int>
    /// Where the statement starts in the script.
    public let location: SQLLocation
    /// Whether it is `COPY ... FROM STDIN`, so that the server waits for rows.
    public let copiesFromStdin: Bool
    /// The bytes of the rows of a `COPY ... FROM STDIN`, without the line `\.`; nil for every other statement.
    public internal(set) var copyData: Range<Int>?

    /// The line on which it starts, from 1.
    public var line: Int { location.line }
    /// The column at which it starts, from 1, in Unicode scalars.
    public var column: Int { location.column }
    /// The statement as it is to be sent.
    public var text: String { String(decoding: source[range], as: UTF8.self) }
    /// The bytes of ``text``.
    public var bytes: ArraySlice<UInt8> { source[range] }
    /// The rows to send after a `COPY ... FROM STDIN`, each with its line end; nil for every other statement.
    public var copyDataBytes: ArraySlice<UInt8>? { copyData.map { source[$0] } }

    /// The first words of the statement in capitals, with comments skipped.
    ///
    /// ```swift
    /// try SQLScript("create /* or not */ Table t ()").statements[0].leadingKeywords(3)   // ["CREATE", "TABLE", "T"]
    /// ```
    ///
    /// - Parameter count: how many at most.
    /// - Returns: unquoted words only: it ends before the first token that is something else.
    public func leadingKeywords(_ count: Int) -> [String] {
        var keywords: [String] = []
        var tokens = significantTokens.makeIterator()
        while keywords.count < count, let token = tokens.next(), let word = word(token) { keywords.append(word) }
        return keywords
    }

    /// The tokens without white space and comments.
    var significantTokens: LazyFilterSequence<SQLLexer> {
        SQLLexer(source, range: range, readsCopyData: false).lazy.filter { !$0.isTrivia }
    }

    /// An unquoted word in capitals; nil for any other token.
    func word(_ token: SQLToken) -> String? {
        guard token.kind == .word else { return nil }
        return String(decoding: source[token.range].lazy.map(\.asciiUppercased), as: UTF8.self)
    }
}
