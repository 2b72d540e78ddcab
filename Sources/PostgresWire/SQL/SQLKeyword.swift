/// The key words that decide where a statement ends.
enum SQLKeyword {
    case create, or, replace, function, procedure, rule
    case begin, atomic, `case`, end, `as`
    case copy, from, stdin

    /// Reads a word in any case; nil for every other word.
    init?(_ word: ArraySlice<UInt8>) {
        guard word.count <= 9 else { return nil }
        switch String(decoding: word.lazy.map(\.asciiUppercased), as: UTF8.self) {
        case "CREATE": self = .create
        case "OR": self = .or
        case "REPLACE": self = .replace
        case "FUNCTION": self = .function
        case "PROCEDURE": self = .procedure
        case "RULE": self = .rule
        case "BEGIN": self = .begin
        case "ATOMIC": self = .atomic
        case "CASE": self = .case
        case "END": self = .end
        case "AS": self = .as
        case "COPY": self = .copy
        case "FROM": self = .from
        // The grammar takes either word in either direction.
        case "STDIN", "STDOUT": self = .stdin
        default: return nil
        }
    }
}
