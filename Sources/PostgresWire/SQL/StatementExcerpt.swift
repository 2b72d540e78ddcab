/// The line of a statement that the server complains about, with a caret under the place.
///
/// ```swift
/// let excerpt = StatementExcerpt(of: "SELECT 1,\n  nope FROM t", position: 13)
/// // excerpt?.location is 2:3, and excerpt?.text is
/// //   nope FROM t
/// //   ^
/// ```
///
/// Source: PostgreSQL manual, "Error and Notice Message Fields", field `P`.
public struct StatementExcerpt: Hashable, Sendable, CustomStringConvertible {
    /// The place in the statement.
    public let location: SQLLocation
    /// The line, cut to about 100 columns round the place with `...` where it was cut, control characters escaped.
    public let line: String
    /// White space up to the place, with a tab for each tab of ``line``, and `^`.
    public let caret: String

    /// Both lines, with LF between them.
    public var text: String { line + "\n" + caret }

    /// The same as ``text``.
    public var description: String { text }

    /// Finds the place.
    ///
    /// - Parameters:
    ///   - statement: the text that was sent.
    ///   - position: what the server said: from 1, in Unicode scalars; one past the end means the end, which is
    ///     shown after the last character that is not white space.
    /// - Returns: nil if the statement has no such position.
    public init?(of statement: String, position: Int) {
        guard position >= 1 else { return nil }
        let scalars = statement.unicodeScalars
        guard
            var place = scalars.index(scalars.startIndex, offsetBy: position - 1, limitedBy: scalars.endIndex)
        else { return nil }
        if place == scalars.endIndex {
            // An empty last line shows nothing: go to the end of the last line with something on it.
            while let last = scalars[..<place].last, last.properties.isWhitespace { scalars.formIndex(before: &place) }
        }
        self.init(of: statement, at: place)
    }

    private init(of statement: String, at place: String.UnicodeScalarView.Index) {
        let scalars = statement.unicodeScalars
        var line = 1
        var lineStart = scalars.startIndex
        var column = 1
        var index = scalars.startIndex
        var afterCR = false
        while index < place {
            let scalar = scalars[index]
            scalars.formIndex(after: &index)
            let isLineFeed = scalar == "\n"
            if isLineFeed, afterCR {
                lineStart = index
            } else if isLineFeed || scalar == "\r" {
                line += 1
                column = 1
                lineStart = index
            } else {
                column += 1
            }
            afterCR = scalar == "\r"
        }
        location = SQLLocation(line: line, column: column)
        let (before, cutBefore) = Self.window(scalars[lineStart..<place].reversed(), columns: 60)
        let rest = scalars[place...].prefix { $0 != "\n" && $0 != "\r" }
        let (after, cutAfter) = Self.window(rest, columns: 40)
        var shown = cutBefore ? "..." : ""
        var padding = cutBefore ? "   " : ""
        for scalar in before.reversed() {
            TerminalText.append(scalar, to: &shown)
            padding += scalar == "\t" ? "\t" : String(repeating: " ", count: TerminalText.width(scalar))
        }
        for scalar in after { TerminalText.append(scalar, to: &shown) }
        self.line = shown + (cutAfter ? "..." : "")
        caret = padding + "^"
    }

    /// As many scalars as fit, and whether any are left over.
    private static func window(
        _ scalars: some Sequence<Unicode.Scalar>, columns: Int
    ) -> (scalars: [Unicode.Scalar], isCut: Bool) {
        var fitting: [Unicode.Scalar] = []
        var width = 0
        for scalar in scalars {
            width += TerminalText.width(scalar)
            // Marks without a width could go on for ever.
            if width > columns || fitting.count >= 2 * columns { return (fitting, true) }
            fitting.append(scalar)
        }
        return (fitting, false)
    }
}
