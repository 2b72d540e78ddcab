/// How many cells of a terminal text takes.
enum DisplayWidth {
    /// The cells of a text: wide characters take two, combining ones none.
    ///
    /// Source: Unicode Standard Annex #11, "East Asian Width"; Unicode Technical Standard #51 for emoji.
    static func of(_ text: String) -> Int {
        if text.utf8.allSatisfy({ (0x20..<0x7F).contains($0) }) { return text.utf8.count }
        return text.reduce(0) { $0 + of($1) }
    }

    /// The cells of what is seen as one character.
    static func of(_ character: Character) -> Int {
        var widest = 0
        for scalar in character.unicodeScalars {
            // Asks for the emoji where a character also has a plain form.
            if scalar.value == 0xFE0F, widest > 0 { return 2 }
            widest = max(widest, of(scalar))
        }
        let isFlag = character.unicodeScalars.allSatisfy { (0x1F1E6...0x1F1FF).contains($0.value) }
        return isFlag ? 2 : widest
    }

    private static func of(_ scalar: Unicode.Scalar) -> Int {
        if (0x20..<0x7F).contains(scalar.value) { return 1 }
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .enclosingMark, .format, .control: return 0
        default: break
        }
        // Vowels and final consonants of Hangul join the syllable before them.
        if (0x1160...0x11FF).contains(scalar.value) { return 0 }
        return scalar.properties.isEmojiPresentation || isWide(scalar.value) ? 2 : 1
    }

    private static func isWide(_ value: UInt32) -> Bool {
        switch value {
        case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0x33FF, 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xA000...0xA4CF,
            0xA960...0xA97F, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE10...0xFE19, 0xFE30...0xFE6F, 0xFF01...0xFF60,
            0xFFE0...0xFFE6, 0x16FE0...0x18DFF, 0x1AFF0...0x1B2FF, 0x1F200...0x1F265, 0x20000...0x3FFFD:
            true
        default: false
        }
    }

    /// The text cut to at most so many cells, with `…` where something is missing.
    static func truncate(_ text: String, to width: Int) -> String {
        if of(text) <= width { return text }
        guard width > 0 else { return "" }
        var result = ""
        var used = 0
        for character in text {
            let cells = of(character)
            if used + cells > width - 1 { break }
            result.append(character)
            used += cells
        }
        return result + "…"
    }

    /// The text in pieces of at most so many columns; one empty piece for no text.
    static func pieces(_ text: String, of width: Int) -> [String] {
        if of(text) <= width || width < 2 { return [text] }
        var pieces: [String] = []
        var piece = ""
        var used = 0
        for character in text {
            let cells = of(character)
            if used + cells > width {
                pieces.append(piece)
                (piece, used) = ("", 0)
            }
            piece.append(character)
            used += cells
        }
        return pieces + [piece]
    }
}
