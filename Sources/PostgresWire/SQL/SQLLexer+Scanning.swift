extension SQLLexer {
    /// The end of the run of bytes from `start` that all satisfy the condition.
    func endOfRun(from start: Int, while condition: (UInt8) -> Bool) -> Int {
        var index = start
        while index < end, condition(bytes[index]) { index += 1 }
        return Swift.min(index, end)
    }

    /// The offset of the line end at or after `start`, or the end of the input.
    func endOfLine(from start: Int) -> Int {
        endOfRun(from: start) { !$0.isLineEnd }
    }

    /// The offset after the line end at `index`: LF, CR, or CR LF.
    func endOfLineEnd(at index: Int) -> Int {
        byte(index) == 0x0D && byte(index + 1) == 0x0A ? index + 2 : index + 1
    }

    /// The end of a literal or quoted identifier whose opening quote is at `start`.
    func endOfQuote(from start: Int, quote: UInt8, doubling: Bool, escaping: Bool) -> (end: Int, isTerminated: Bool) {
        var index = start + 1
        while index < end {
            let byte = bytes[index]
            index += 1
            if byte == quote {
                guard doubling, self.byte(index) == quote else { return (index, true) }
                index += 1
            } else if escaping, byte == 0x5C {
                index += 1
            }
        }
        return (end, false)
    }

    /// The end of a dollar quote whose opening delimiter is given with both dollar signs.
    ///
    /// A tag holds no dollar sign, so a comparison that fails has passed no start of another: this reads each byte of
    /// the body at most twice.
    func endOfDollarQuote(delimiter: Range<Int>) -> (end: Int, isTerminated: Bool) {
        var index = delimiter.upperBound
        while index < end {
            guard bytes[index] == 0x24 else {
                index += 1
                continue
            }
            var length = 1
            while length < delimiter.count, byte(index + length) == bytes[delimiter.lowerBound + length] { length += 1 }
            if length == delimiter.count { return (index + length, true) }
            index += length
        }
        return (end, false)
    }

    /// The end of a block comment, with those nested in it.
    func endOfBlockComment(from start: Int) -> (end: Int, isTerminated: Bool) {
        var index = start + 2
        var depth = 1
        while index < end {
            switch (bytes[index], byte(index + 1)) {
            case (0x2F, 0x2A):
                depth += 1
                index += 2
            case (0x2A, 0x2F):
                depth -= 1
                index += 2
                if depth == 0 { return (index, true) }
            default:
                index += 1
            }
        }
        return (end, false)
    }

    /// The end of the rows that start at `start`: after the line that is exactly `\.`.
    func endOfCopyData(from start: Int) -> (end: Int, isTerminated: Bool) {
        var line = start
        while line < end {
            let lineEnd = endOfLine(from: line)
            let next = lineEnd < end ? endOfLineEnd(at: lineEnd) : end
            if lineEnd - line == 2, bytes[line] == 0x5C, bytes[line + 1] == 0x2E { return (next, true) }
            line = next
        }
        return (end, false)
    }

    /// The end of a number that starts with a digit, or with a dot and a digit.
    func endOfNumber(from start: Int) -> Int {
        if byte(start) == 0x30, let radix = byte(start + 1)?.asciiUppercased {
            let digits: ((UInt8) -> Bool)? =
                switch radix {
                case 0x58: { $0.isASCIIHexDigit }
                case 0x4F: { $0 >= 0x30 && $0 <= 0x37 }
                case 0x42: { $0 == 0x30 || $0 == 0x31 }
                default: nil
                }
            if let digits {
                // Here an underscore may also come first: 0x_FF.
                let first = byte(start + 2) == 0x5F ? start + 3 : start + 2
                let stop = endOfDigits(from: first, digits)
                return stop > first ? stop : start + 1
            }
        }
        var index = endOfDigits(from: start, \.isASCIIDigit)
        // In `1..10` neither dot belongs to the number.
        if byte(index) == 0x2E, index == start || byte(index + 1) != 0x2E {
            index = endOfDigits(from: index + 1, \.isASCIIDigit)
        }
        if byte(index)?.asciiUppercased == 0x45 {
            let sign = byte(index + 1)
            let first = sign == 0x2B || sign == 0x2D ? index + 2 : index + 1
            let stop = endOfDigits(from: first, \.isASCIIDigit)
            if stop > first { index = stop }
        }
        return index
    }

    /// The end of a run of digits with single underscores between them; `start` if there is none.
    private func endOfDigits(from start: Int, _ isDigit: (UInt8) -> Bool) -> Int {
        var index = start
        while let next = byte(index) {
            if isDigit(next) {
                index += 1
            } else if next == 0x5F, index > start, let following = byte(index + 1), isDigit(following) {
                index += 2
            } else {
                break
            }
        }
        return index
    }
}
