/// What a finished statement says it did.
///
/// ```swift
/// let tag = CommandTag("INSERT 0 5")
/// print(tag.command, tag.rowCount ?? 0)  // INSERT 5
/// ```
///
/// Source: PostgreSQL manual, "Message Formats", CommandComplete.
public struct CommandTag: Hashable, Sendable, CustomStringConvertible {
    /// The tag as the server sent it.
    public let description: String

    /// Takes any text; a tag never fails to be one.
    public init(_ tag: String) {
        description = tag
    }

    private var words: [Substring.UTF8View] { description.utf8.split(separator: UInt8(ascii: " ")).map { $0 } }

    /// The words before the numbers: `INSERT`, `CREATE TABLE`.
    public var command: String {
        // SELECT 5 and INSERT 0 5: whatever follows the first number is a number too.
        words.prefix { Int(digits: $0) == nil }.map { String(Substring($0)) }.joined(separator: " ")
    }

    /// Whether the statement was one after which the session has no prepared statements any more: `DISCARD ALL` or
    /// `DEALLOCATE ALL`.
    public var endsPreparedStatements: Bool {
        guard description.utf8.first == UInt8(ascii: "D") else { return false }
        return description.utf8.elementsEqual("DISCARD ALL".utf8)
            || description.utf8.elementsEqual("DEALLOCATE ALL".utf8)
    }

    /// How many rows were inserted, updated, deleted, merged, selected, fetched, moved or copied; nil if the tag ends
    /// in no number.
    public var rowCount: Int? {
        var text = description
        return text.withUTF8 { bytes in
            var rest = unsafe bytes[...]
            while unsafe rest.last == UInt8(ascii: " ") { unsafe rest.removeLast() }
            // No index is made up: what is cut off is found in the bytes themselves.
            let start = unsafe rest.lastIndex(of: UInt8(ascii: " ")).map { $0 + 1 } ?? rest.startIndex
            return unsafe Int(digits: rest[start...])
        }
    }
}
