/// A place in a text, in lines and columns from 1.
///
/// A column is one Unicode scalar, as the server counts. A line ends with LF, CR or CR LF.
///
/// ```swift
/// let place = SQLLocation(of: 9, in: Array("SELECT 1\n;".utf8))   // 2:1
/// ```
public struct SQLLocation: Hashable, Sendable, CustomStringConvertible {
    /// The line, from 1.
    public let line: Int
    /// The column, from 1, in Unicode scalars.
    public let column: Int

    /// Makes a place from a line and a column, both from 1.
    public init(line: Int, column: Int) {
        self.line = line
        self.column = column
    }

    /// Finds a byte's place; an offset outside of the text is moved to its nearer end.
    public init(of offset: Int, in text: [UInt8]) {
        var cursor = SourceCursor(text)
        self = cursor.location(of: offset)
    }

    /// The place in the whole text of what is at `inner` in a part that starts here.
    ///
    /// With a statement's ``SQLStatement/location`` and an excerpt's location this is the place in the file.
    public func offset(by inner: SQLLocation) -> SQLLocation {
        SQLLocation(
            line: line + inner.line - 1, column: inner.line == 1 ? column + inner.column - 1 : inner.column)
    }

    /// `line:column`, as compilers print it.
    public var description: String { "\(line):\(column)" }
}
