import Manticore

/// A connection string with a mark below the byte that an error speaks of, and nothing secret in it.
struct StringPointer {
    private let text: String
    private let column: Int

    /// Takes a string and a position in it, in bytes from 1.
    init(_ text: String, position: Int) {
        let bytes = Array(text.utf8)
        let offset = max(0, min(position - 1, bytes.count))
        let shown = StringPointer.masked(bytes)
        // What is one line for the terminal, and cut at the same byte.
        let before = PrintableText.line(String(decoding: shown.prefix(offset), as: UTF8.self))
        self.text = before + PrintableText.line(String(decoding: shown.dropFirst(offset), as: UTF8.self))
        column = DisplayWidth.of(before)
    }

    /// The string and the mark, moved to the left where the terminal is too narrow for the mark.
    func lines(for terminal: Terminal) -> [String] {
        let width = max(20, (terminal.width ?? 80) - 2)
        let skipped = column < width - 1 ? 0 : column - width / 2
        var shown = ""
        var cells = 0
        for character in text {
            let size = DisplayWidth.of(character)
            if cells >= skipped, cells + size <= skipped + width { shown.append(character) }
            cells += size
        }
        let mark = String(repeating: " ", count: max(0, column - skipped)) + terminal.styled("^", .red)
        return ["  " + shown, "  " + mark]
    }

    /// The position that a message names, the last if there are several.
    static func position(in message: String) -> Int? {
        let words = message.utf8.split { $0 == UInt8(ascii: " ") }
        for (index, word) in words.enumerated().reversed()
        where word.elementsEqual("position".utf8) && index + 1 < words.count {
            let digits = words[index + 1].prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
            if let position = Int(String(decoding: digits, as: UTF8.self)) { return position }
        }
        return nil
    }

    /// The bytes with a star in place of each that may belong to a secret; rather too many than too few.
    static func masked(_ bytes: [UInt8]) -> [UInt8] {
        var result = bytes
        let star = UInt8(ascii: "*")
        // The user's password: from the first colon after // to the last @, or, where somebody forgot that or wrote
        // a slash, what should be a port.
        if let slashes = index(of: "://", in: bytes),
            let colon = bytes[(slashes + 3)...].firstIndex(of: UInt8(ascii: ":"))
        {
            let at = bytes.lastIndex(of: UInt8(ascii: "@")) ?? 0
            let port = bytes[(colon + 1)...].prefix { !",/?".utf8.contains($0) }
            let isPort = port.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
            let end = at > colon ? at : isPort ? colon + 1 : bytes.count
            for index in (colon + 1)..<end { result[index] = star }
        }
        // Whatever follows a word that speaks of secrets, since nobody knows where a malformed value ends; and
        // a percent-encoded keyword may be such a word.
        let starts = ["pass", "secret", "_key=", "_key "].compactMap { index(of: $0, in: bytes) }
        let query = bytes.firstIndex(of: UInt8(ascii: "?")).flatMap { bytes[$0...].firstIndex(of: UInt8(ascii: "%")) }
        if let start = (starts + [query].compactMap { $0 }).min() {
            let equals = bytes[start...].firstIndex(of: UInt8(ascii: "=")) ?? start
            for index in bytes.indices where index > equals && result[index] != UInt8(ascii: "\n") {
                result[index] = star
            }
        }
        return result
    }

    private static func index(of text: String, in bytes: [UInt8]) -> Int? {
        let wanted = Array(text.utf8)
        return bytes.indices.first { index in
            bytes[index...].prefix(wanted.count).elementsEqual(wanted) { $0 == $1 || $0 | 0x20 == $1 }
        }
    }
}
