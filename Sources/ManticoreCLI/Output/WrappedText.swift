/// Text of several lines, of which those too long for a terminal are broken between words.
enum WrappedText {
    /// The lines; what continues a line stands two columns further to the right than its beginning.
    ///
    /// Lines that a caret below points into stay as they are, and so do words that are too long.
    static func lines(_ text: String, width: Int) -> [String] {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        return lines.indices.flatMap { index in
            let isPointedInto = index + 1 < lines.count && isPointer(lines[index + 1])
            return isPointedInto || isPointer(lines[index]) ? [lines[index]] : wrapped(lines[index], width)
        }
    }

    private static func isPointer(_ line: String) -> Bool {
        line.utf8.contains(UInt8(ascii: "^")) && line.utf8.allSatisfy { " ^".utf8.contains($0) }
    }

    private static func wrapped(_ line: String, _ width: Int) -> [String] {
        guard DisplayWidth.of(line) > width, width > 20 else { return [line] }
        let margin = String(line.prefix { $0 == " " })
        var lines: [String] = []
        var current = margin
        var hasWords = false
        for word in line.dropFirst(margin.count).split(separator: " ", omittingEmptySubsequences: false) {
            if hasWords, DisplayWidth.of(current) + 1 + DisplayWidth.of(String(word)) > width {
                lines.append(current)
                current = margin + "  "
                hasWords = false
            }
            if hasWords { current += " " }
            current += word
            hasWords = true
        }
        return lines + [current]
    }
}
