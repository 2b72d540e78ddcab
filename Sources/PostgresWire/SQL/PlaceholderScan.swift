/// Finds the parameters in SQL text that were written by hand.
enum PlaceholderScan {
    /// The number of the first `$n` outside of strings, names and comments that does not start at one of `known`.
    ///
    /// Where text cannot be read with certainty (an open quote), nothing is found: the server complains better.
    static func handWritten(in text: [UInt8], besides known: [Int]) -> String? {
        var known = known[...]
        var index = 0
        while index < text.count {
            let byte = text[index]
            let next = index + 1 < text.count ? text[index + 1] : 0
            switch byte {
            case UInt8(ascii: "'"):
                index = endOfQuoted(text, from: index, hasEscapes: isEscapeString(text, quoteAt: index))
            case UInt8(ascii: "\""):
                index = endOfQuoted(text, from: index, hasEscapes: false)
            case UInt8(ascii: "-") where next == UInt8(ascii: "-"):
                while index < text.count, text[index] != 0x0A, text[index] != 0x0D { index += 1 }
            case UInt8(ascii: "/") where next == UInt8(ascii: "*"):
                index = endOfComment(text, from: index)
            case UInt8(ascii: "$") where index > 0 && isNamePart(text[index - 1]):
                index += 1
            case UInt8(ascii: "$") where isDigit(next):
                while let first = known.first, first < index { known.removeFirst() }
                let isKnown = known.first == index
                let start = index + 1
                index = start
                while index < text.count, isDigit(text[index]) { index += 1 }
                if !isKnown { return String(decoding: text[start..<index], as: UTF8.self) }
            case UInt8(ascii: "$"):
                index = endOfDollarQuoted(text, from: index)
            default:
                index += 1
            }
        }
        return nil
    }

    /// Whether a byte can be part of a name that is not quoted.
    static func isNamePart(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "_"),
            UInt8(ascii: "$"), 0x80...:
            true
        default:
            isDigit(byte)
        }
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")
    }

    private static func isEscapeString(_ text: [UInt8], quoteAt index: Int) -> Bool {
        guard index >= 1, text[index - 1] | 0x20 == UInt8(ascii: "e") else { return false }
        return index < 2 || !isNamePart(text[index - 2])
    }

    // A doubled quote inside is read as the end of one string and the start of the next.
    private static func endOfQuoted(_ text: [UInt8], from start: Int, hasEscapes: Bool) -> Int {
        let quote = text[start]
        var index = start + 1
        while index < text.count {
            if hasEscapes, text[index] == UInt8(ascii: "\\") {
                index += 2
            } else if text[index] != quote {
                index += 1
            } else if hasEscapes, index + 1 < text.count, text[index + 1] == quote {
                index += 2
            } else {
                return index + 1
            }
        }
        return text.count
    }

    private static func endOfComment(_ text: [UInt8], from start: Int) -> Int {
        var depth = 0
        var index = start
        while index + 1 < text.count {
            switch (text[index], text[index + 1]) {
            case (UInt8(ascii: "/"), UInt8(ascii: "*")):
                depth += 1
                index += 2
            case (UInt8(ascii: "*"), UInt8(ascii: "/")):
                depth -= 1
                index += 2
                if depth == 0 { return index }
            default:
                index += 1
            }
        }
        return text.count
    }

    private static func endOfDollarQuoted(_ text: [UInt8], from start: Int) -> Int {
        var tagEnd = start + 1
        while tagEnd < text.count, text[tagEnd] != UInt8(ascii: "$") {
            guard isNamePart(text[tagEnd]) else { return start + 1 }
            tagEnd += 1
        }
        guard tagEnd < text.count else { return start + 1 }
        let delimiter = text[start...tagEnd]
        var index = tagEnd + 1
        while index + delimiter.count <= text.count {
            if text[index] == UInt8(ascii: "$"), text[index..<index + delimiter.count].elementsEqual(delimiter) {
                return index + delimiter.count
            }
            index += 1
        }
        return text.count
    }
}
