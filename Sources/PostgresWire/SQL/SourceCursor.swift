/// Turns ascending byte offsets into lines and columns, reading the text once.
struct SourceCursor {
    private let text: [UInt8]
    private var offset = 0
    private var line = 1
    private var column = 1

    init(_ text: [UInt8]) {
        self.text = text
        // A byte order mark is no character of the text.
        if text.starts(with: [0xEF, 0xBB, 0xBF]) { offset = 3 }
    }

    /// The place of a byte; `target` must not be less than in the call before, else the place of that is given.
    mutating func location(of target: Int) -> SQLLocation {
        let stop = min(target, text.count)
        while offset < stop {
            let byte = text[offset]
            if byte == 0x0A, offset > 0, text[offset - 1] == 0x0D {
                // The second half of a CR LF, counted with the first.
            } else if byte.isLineEnd {
                line += 1
                column = 1
            } else if byte.startsUTF8Character {
                column += 1
            }
            offset += 1
        }
        return SQLLocation(line: line, column: column)
    }
}
