/// A line of a script that holds nothing but a comment of the form `-- @NAME argument`.
public struct SQLDirective: Hashable, Sendable, CustomStringConvertible {
    /// The name in capitals, without the `@`: `UNDO`.
    public let name: String
    /// What follows the name, without white space around it; empty if nothing does.
    public let argument: String
    /// The bytes of the comment, from `--` up to the end of the line, without it.
    public let range: Range<Int>
    /// The line, from 1.
    public let line: Int
    /// Whether it stands within a statement: one has begun before it, and no semicolon has ended that.
    public let isInsideStatement: Bool

    /// The directive as it is written canonically.
    public var description: String { "-- @\(name)" + (argument.isEmpty ? "" : " \(argument)") }

    /// Reads a line comment as a directive.
    ///
    /// Tolerant: the blank after `--` may be missing, the name may be in any case, white space and a CR may follow.
    /// A name is a letter and then letters, digits, `-` and `_`, and ends with the comment or with a blank.
    ///
    /// ```swift
    /// SQLDirective.directive(in: Array("--@undo \r".utf8))?.name   // "UNDO"
    /// ```
    ///
    /// - Parameter comment: the comment with its `--`.
    /// - Returns: the name in capitals and the argument; nil if it is an ordinary comment.
    public static func directive(in comment: some Collection<UInt8>) -> (name: String, argument: String)? {
        var rest = comment[...]
        guard rest.popFirst() == 0x2D, rest.popFirst() == 0x2D else { return nil }
        rest = rest.drop(while: \.isSQLSpace)
        guard rest.popFirst() == 0x40 else { return nil }
        let name = rest.prefix { $0 < 0x80 && ($0.isIdentifierStart || $0.isASCIIDigit || $0 == 0x2D) }
        guard let first = name.first, first.asciiUppercased &- 0x41 < 26 else { return nil }
        rest = rest.dropFirst(name.count)
        guard rest.first?.isSQLSpace ?? true else { return nil }
        var argument = Array(rest.drop(while: \.isSQLSpace))
        while argument.last?.isSQLSpace == true { argument.removeLast() }
        return (
            String(decoding: name.lazy.map(\.asciiUppercased), as: UTF8.self), String(decoding: argument, as: UTF8.self)
        )
    }
}
