/// Text that may come from a stranger, made fit for a terminal or a log.
///
/// Control characters are what a terminal obeys (ESC and the rest of C0, DEL, C1) and what turns the reading direction
/// round; they are shown as `\u{1B}` instead. Line ends are kept where the text may have several lines.
enum TerminalText {
    /// The text on one line: line ends are escaped too.
    static func line(_ text: some StringProtocol) -> String {
        var result = ""
        for scalar in text.unicodeScalars { append(scalar, to: &result) }
        return result
    }

    /// The text's lines, each escaped, so that the caller can indent them.
    ///
    /// - Parameter limit: how many scalars at most; a last line says how many more there are.
    static func lines(_ text: String, limit: Int = 4000) -> [String] {
        var lines = [""]
        var index = lines.startIndex
        var count = 0
        var previousWasCR = false
        for scalar in text.unicodeScalars {
            count += 1
            if count > limit { continue }
            if scalar == "\n" || scalar == "\r" {
                if scalar == "\n", previousWasCR {
                    previousWasCR = false
                    continue
                }
                lines.append("")
                index += 1
            } else {
                append(scalar, to: &lines[index])
            }
            previousWasCR = scalar == "\r"
        }
        while lines.count > 1, lines.last == "" { lines.removeLast() }
        if count > limit { lines.append("... (\(count - limit) more characters)") }
        return lines
    }

    /// Appends a scalar as a terminal may see it; a tab stays a tab.
    static func append(_ scalar: Unicode.Scalar, to text: inout String) {
        if isControl(scalar) {
            text += "\\u{" + String(scalar.value, radix: 16, uppercase: true) + "}"
        } else {
            text.unicodeScalars.append(scalar)
        }
    }

    /// Whether the scalar is escaped.
    static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x09: false
        case 0x00...0x1F, 0x7F...0x9F: true
        // Line and paragraph separator; direction marks, embeddings, overrides and isolates.
        case 0x2028, 0x2029, 0x061C, 0x200E, 0x200F, 0x202A...0x202E, 0x2066...0x2069: true
        default: false
        }
    }

    /// How many columns of a terminal the scalar takes: none, one or two; a tab counts as one.
    static func width(_ scalar: Unicode.Scalar) -> Int {
        if isControl(scalar) { return String(scalar.value, radix: 16).count + 4 }
        guard scalar.value >= 0x0300 else { return 1 }
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .enclosingMark, .format: return 0
        default: break
        }
        // The wide and full-width blocks of UAX #11, without its finer exceptions.
        switch scalar.value {
        case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0xA4CF, 0xA960...0xA97C, 0xAC00...0xD7A3, 0xF900...0xFAFF,
            0xFE30...0xFE6F, 0xFF01...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1F64F, 0x1F680...0x1F6FF,
            0x1F900...0x1F9FF, 0x20000...0x3FFFD:
            return 2
        default: return 1
        }
    }
}
