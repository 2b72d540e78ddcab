/// What a finished statement says it did.
///
/// ```swift
/// let tag = CommandTag("INSERT 0 5")
/// print(tag.command, tag.rowCount ?? 0)  // INSERT 5
/// ```
///
/// Source: PostgreSQL manual, "Message Formats", CommandComplete.
public struct CommandTag: Hashable, Sendable, CustomStringConvertible {
    /// The commonest commands, each with the words before its number.
    private enum Counted: CaseIterable {
        case select, insert, update, delete, copy, fetch

        /// With the blank before the number; of an INSERT the object identifier, too, which is always 0 now.
        var words: StaticString {
            switch self {
            case .select: "SELECT "
            case .insert: "INSERT 0 "
            case .update: "UPDATE "
            case .delete: "DELETE "
            case .copy: "COPY "
            case .fetch: "FETCH "
            }
        }
    }

    /// A tag that is one of a few words and a number is kept so: there may be one for each of a million statements.
    private enum Form: Hashable {
        case counted(Counted, Int)
        case text(String)
    }

    private let form: Form

    /// The tag as the server sent it.
    public var description: String {
        switch form {
        case .counted(let counted, let count): "\(counted.words)\(count)"
        case .text(let text): text
        }
    }

    /// Takes any text; a tag never fails to be one.
    public init(_ tag: String) {
        var tag = tag
        form = tag.withUTF8 { unsafe CommandTag.counted(UnsafeRawBufferPointer($0)) } ?? .text(tag)
    }

    /// Reads the body of a CommandComplete, if it is a few words and a number.
    ///
    /// - Returns: nil, with nothing read, for another one.
    package init?(counted body: inout WireReader) {
        let length = body.remaining
        guard length > 1, unsafe body.pointer.load(fromByteOffset: length - 1, as: UInt8.self) == 0,
            let form = unsafe CommandTag.counted(UnsafeRawBufferPointer(start: body.pointer, count: length - 1)),
            (try? body.skip(length)) != nil
        else { return nil }
        self.form = form
    }

    /// A tag whose number is written as a number is written, without leading zeros: it must come out as it came in.
    @unsafe
    private static func counted(_ text: UnsafeRawBufferPointer) -> Form? {
        guard let first = unsafe text.first else { return nil }
        let counted: Counted
        switch first {
        case UInt8(ascii: "S"): counted = .select
        case UInt8(ascii: "I"): counted = .insert
        case UInt8(ascii: "U"): counted = .update
        case UInt8(ascii: "D"): counted = .delete
        case UInt8(ascii: "C"): counted = .copy
        case UInt8(ascii: "F"): counted = .fetch
        default: return nil
        }
        let words = counted.words
        let start = words.utf8CodeUnitCount
        guard text.count > start, text.count <= start + 18,
            unsafe CommandTag.begins(text, words.utf8Start, start),
            unsafe text[start] != UInt8(ascii: "0") || text.count == start + 1
        else { return nil }
        var count = 0
        var index = start
        while index < text.count {
            let byte = unsafe text[index]
            index += 1
            guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else { return nil }
            count = 10 &* count &+ Int(byte &- UInt8(ascii: "0"))  // wraps: never, for 18 digits fit
        }
        return .counted(counted, count)
    }

    @inline(__always)
    @unsafe
    private static func begins(_ text: UnsafeRawBufferPointer, _ words: UnsafePointer<UInt8>, _ count: Int) -> Bool {
        var index = 0
        while index < count {
            guard unsafe text[index] == words[index] else { return false }
            index += 1
        }
        return true
    }

    private var words: [Substring.UTF8View] { description.utf8.split(separator: UInt8(ascii: " ")).map { $0 } }

    /// The words before the numbers: `INSERT`, `CREATE TABLE`.
    public var command: String {
        // SELECT 5 and INSERT 0 5: whatever follows the first number is a number too.
        words.prefix { Int(digits: $0) == nil }.map { String(Substring($0)) }.joined(separator: " ")
    }

    /// The tag, if it is other than a few words and a number.
    package var text: String? { if case .text(let text) = form { text } else { nil } }

    /// Whether the statement was one after which the session has no prepared statements any more: `DISCARD ALL` or
    /// `DEALLOCATE ALL`.
    public var endsPreparedStatements: Bool {
        guard case .text(let text) = form, text.utf8.first == UInt8(ascii: "D") else { return false }
        return text.utf8.elementsEqual("DISCARD ALL".utf8) || text.utf8.elementsEqual("DEALLOCATE ALL".utf8)
    }

    /// How many rows were inserted, updated, deleted, merged, selected, fetched, moved or copied; nil if the tag ends
    /// in no number.
    public var rowCount: Int? {
        switch form {
        case .counted(_, let count): return count
        case .text(var text): return CommandTag.lastNumber(&text)
        }
    }

    private static func lastNumber(_ text: inout String) -> Int? {
        text.withUTF8 { bytes in
            var rest = unsafe bytes[...]
            while unsafe rest.last == UInt8(ascii: " ") { unsafe rest.removeLast() }
            // No index is made up: what is cut off is found in the bytes themselves.
            let start = unsafe rest.lastIndex(of: UInt8(ascii: " ")).map { $0 + 1 } ?? rest.startIndex
            return unsafe Int(digits: rest[start...])
        }
    }
}
