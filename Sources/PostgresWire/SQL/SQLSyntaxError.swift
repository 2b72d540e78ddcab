/// Why a script cannot be cut into statements, and where.
///
/// Only what hides the end of a statement is an error here; everything else is for the server to judge.
public struct SQLSyntaxError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What is wrong.
    public enum Kind: Hashable, Sendable {
        /// A `'...'` of any kind does not end.
        case unterminatedString
        /// A `"..."` does not end.
        case unterminatedIdentifier
        /// A `$tag$` is not closed by the same tag.
        case unterminatedDollarQuote
        /// A `/*` lacks its `*/`.
        case unterminatedComment
        /// A `BEGIN ATOMIC` lacks its `END`.
        case unterminatedBody
        /// The lines after a `COPY ... FROM STDIN;` do not start with its rows.
        case missingCopyData
        /// The rows of a `COPY ... FROM STDIN;` are not ended by a line `\.`.
        case unterminatedCopyData
        /// A statement is not valid UTF-8.
        case invalidUTF8
        /// A statement holds a NUL byte, which cannot be sent.
        case embeddedNUL
    }

    /// What is wrong.
    public let kind: Kind
    /// Where it starts; for COPY, where the statement starts.
    public let location: SQLLocation

    /// Makes an error of a kind at a place in the script.
    public init(_ kind: Kind, at location: SQLLocation) {
        self.kind = kind
        self.location = location
    }

    /// The line, from 1.
    public var line: Int { location.line }
    /// The column, from 1, in Unicode scalars.
    public var column: Int { location.column }

    /// What is wrong, in a sentence without the place.
    public var message: String {
        switch kind {
        case .unterminatedString: "this string does not end: its closing quote is missing"
        case .unterminatedIdentifier: "this quoted identifier does not end: its closing double quote is missing"
        case .unterminatedDollarQuote: "this dollar-quoted string does not end: its tag does not come a second time"
        case .unterminatedComment: "this comment does not end: a */ is missing (comments nest)"
        case .unterminatedBody: "this statement has a BEGIN ATOMIC without its END"
        case .missingCopyData: #"this COPY reads from STDIN, but no rows and line \. follow it"#
        case .unterminatedCopyData: #"the rows of this COPY are not ended by a line \."#
        case .invalidUTF8: "this is not valid UTF-8"
        case .embeddedNUL: "this is a NUL byte, which cannot be part of a statement"
        }
    }

    /// The place and what is wrong, as one line.
    public var description: String { "line \(line), column \(column): \(message)" }
}
