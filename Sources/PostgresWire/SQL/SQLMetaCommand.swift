/// A command to psql in a script, such as pg_dump's `\restrict`.
///
/// It is no SQL and cannot be sent; whoever runs a script skips or refuses it.
public struct SQLMetaCommand: Hashable, Sendable {
    /// The name with its backslash, as written: `\connect`.
    public let name: String
    /// What follows the name, without white space around it; empty if nothing does.
    public let argument: String
    /// The bytes of the command, without the end of the line.
    public let range: Range<Int>
    /// The line, from 1.
    public let line: Int

    init(_ text: ArraySlice<UInt8>, line: Int) {
        let name = text.prefix { !$0.isSQLSpace }
        var argument = text.dropFirst(name.count).drop(while: \.isSQLSpace)
        while argument.last?.isSQLSpace == true { argument.removeLast() }
        self.name = String(decoding: name, as: UTF8.self)
        self.argument = String(decoding: argument, as: UTF8.self)
        self.range = text.startIndex..<text.endIndex
        self.line = line
    }
}
