/// Cuts SQL text into tokens as PostgreSQL 16's own lexer does, with `standard_conforming_strings` on.
///
/// Takes any bytes, UTF-8 or not, and never fails: what does not end is flagged, what starts nothing is
/// ``SQLToken/Kind/invalid``. The tokens put together are exactly the input. Takes time in proportion to the input.
///
/// It knows two things that psql knows and the server does not: the rows that follow `COPY ... FROM STDIN;`, and
/// backslash commands where a statement could start.
///
/// ```swift
/// let kinds = SQLLexer(Array("SELECT $1".utf8)).map(\.kind)   // [.word, .whitespace, .parameter]
/// ```
///
/// Source: PostgreSQL manual, "Lexical Structure"; `scan.l` and `psqlscan.l` of PostgreSQL 16.
public struct SQLLexer: Sequence, IteratorProtocol, Sendable {
    /// Whether rows follow a `COPY ... FROM STDIN;`.
    private enum CopyRows {
        case none, onNextLine, here
    }

    /// A run of operator characters that is handed out in pieces; remembered, so that a long run is read once.
    private struct OperatorRun {
        var end = 0
        var lastSpecial = -1
        var lastNonSign = -1
    }

    let bytes: [UInt8]
    let end: Int
    private let readsCopyData: Bool
    private var offset: Int
    private var copyRows = CopyRows.none
    private var operatorRun = OperatorRun()
    // A literal goes on after white space with a line end in it, and an E'...' goes on as one.
    private var literal: SQLToken.Kind?
    private var literalCrossedLine = false

    /// What is known of the statement that the last token belongs to.
    private(set) var tracker = SQLStatementTracker()

    /// Whether a semicolon ended a `COPY ... FROM STDIN` and its rows were not read yet.
    var awaitsCopyData: Bool { copyRows != .none }

    /// Starts at the beginning of the bytes, or of `range`, which is cut to what there is.
    ///
    /// - Parameters:
    ///   - bytes: SQL text in UTF-8, or in any other encoding that keeps ASCII as it is.
    ///   - range: the part to read, by default all.
    ///   - readsCopyData: whether the lines after `COPY ... FROM STDIN;` are rows, as in a script for psql.
    public init(_ bytes: [UInt8], range: Range<Int>? = nil, readsCopyData: Bool = true) {
        let range = (range ?? 0..<bytes.count).clamped(to: 0..<bytes.count)
        self.bytes = bytes
        self.end = range.upperBound
        self.offset = range.lowerBound
        self.readsCopyData = readsCopyData
    }

    /// The next token; nil at the end.
    public mutating func next() -> SQLToken? {
        guard offset < end else { return nil }
        let start = offset
        let wasInsideBody = tracker.isInsideBody
        let (kind, stop, terminated) = scan(from: start)
        // Progress whatever happens.
        offset = Swift.max(stop, start + 1)
        let range = start..<offset
        note(kind, range)
        return SQLToken(
            kind: kind, range: range, isUnterminated: !terminated,
            isInsideBody: wasInsideBody && tracker.isInsideBody)
    }

    /// The byte at an offset; nil outside of the range that is read.
    func byte(_ offset: Int) -> UInt8? {
        offset >= 0 && offset < end ? bytes[offset] : nil
    }

    // MARK: - State between tokens

    private mutating func note(_ kind: SQLToken.Kind, _ range: Range<Int>) {
        switch kind {
        case .whitespace, .lineComment:
            if literal != nil, bytes[range].contains(where: \.isLineEnd) { literalCrossedLine = true }
            if copyRows == .onNextLine, kind == .whitespace, bytes[range.upperBound - 1].isLineEnd { copyRows = .here }
            return
        case .blockComment:
            literal = nil
            return
        case .copyData:
            copyRows = .none
            return
        case .psqlMetaCommand:
            literal = nil
            copyRows = .none
            return
        case .string, .escapeString, .unicodeString, .nationalString, .bitString:
            literal = kind
            literalCrossedLine = false
        default:
            literal = nil
        }
        copyRows = .none
        if kind == .semicolon, !tracker.isInsideBody {
            if readsCopyData, tracker.copiesFromStdin { copyRows = .onNextLine }
            tracker = SQLStatementTracker()
        } else {
            tracker.consume(kind, keyword: kind == .word ? SQLKeyword(bytes[range]) : nil)
        }
    }

    // MARK: - One token

    private typealias Scanned = (kind: SQLToken.Kind, end: Int, isTerminated: Bool)

    private mutating func scan(from start: Int) -> Scanned {
        if copyRows == .here {
            let (stop, terminated) = endOfCopyData(from: start)
            return (.copyData, stop, terminated)
        }
        let byte = bytes[start]
        if start == 0, byte == 0xEF, self.byte(1) == 0xBB, self.byte(2) == 0xBF { return (.whitespace, 3, true) }
        if byte.isSQLSpace { return (.whitespace, endOfSpace(from: start), true) }
        if byte.isIdentifierStart { return scanWord(from: start, byte) }
        if byte.isASCIIDigit { return (.number, endOfNumber(from: start), true) }
        switch byte {
        case 0x27: return scanString(from: start)
        case 0x22: return quoted(.quotedIdentifier, from: start, quote: 0x22)
        case 0x24: return scanDollar(from: start)
        case 0x28: return (.openParenthesis, start + 1, true)
        case 0x29: return (.closeParenthesis, start + 1, true)
        case 0x2C: return (.comma, start + 1, true)
        case 0x2E:
            if self.byte(start + 1) == 0x2E { return (.operator, start + 2, true) }
            if self.byte(start + 1)?.isASCIIDigit == true { return (.number, endOfNumber(from: start), true) }
            return (.dot, start + 1, true)
        case 0x3A:
            switch self.byte(start + 1) {
            case 0x3A: return (.typecast, start + 2, true)
            case 0x3D: return (.operator, start + 2, true)
            default: return (.colon, start + 1, true)
            }
        case 0x3B: return (.semicolon, start + 1, true)
        case 0x5B: return (.openBracket, start + 1, true)
        case 0x5D: return (.closeBracket, start + 1, true)
        case 0x5C where tracker.isAtStart: return (.psqlMetaCommand, endOfLine(from: start), true)
        case 0x2D where self.byte(start + 1) == 0x2D: return (.lineComment, endOfLine(from: start), true)
        case 0x2F where self.byte(start + 1) == 0x2A:
            let (stop, terminated) = endOfBlockComment(from: start)
            return (.blockComment, stop, terminated)
        default:
            return byte.isOperatorPart ? (.operator, endOfOperator(from: start), true) : (.invalid, start + 1, true)
        }
    }

    private func quoted(
        _ kind: SQLToken.Kind, from start: Int, prefix: Int = 0, quote: UInt8 = 0x27,
        doubling: Bool = true, escaping: Bool = false
    ) -> Scanned {
        let (stop, terminated) = endOfQuote(
            from: start + prefix, quote: quote, doubling: doubling, escaping: escaping)
        return (kind, stop, terminated)
    }

    private func scanWord(from start: Int, _ byte: UInt8) -> Scanned {
        switch (byte.asciiUppercased, self.byte(start + 1)) {
        case (0x45, 0x27): return quoted(.escapeString, from: start, prefix: 1, escaping: true)
        // CockroachDB reads b'...' as bytes with backslash escapes, where PostgreSQL allows no backslash at all: taking
        // it so finds the right end on both.
        case (0x42, 0x27) where byte == 0x62: return quoted(.bitString, from: start, prefix: 1, escaping: true)
        case (0x42, 0x27), (0x58, 0x27): return quoted(.bitString, from: start, prefix: 1, doubling: false)
        case (0x4E, 0x27): return quoted(.nationalString, from: start, prefix: 1)
        case (0x55, 0x26):
            switch self.byte(start + 2) {
            case 0x27: return quoted(.unicodeString, from: start, prefix: 2)
            case 0x22: return quoted(.quotedIdentifier, from: start, prefix: 2, quote: 0x22)
            default: break
            }
        default: break
        }
        return (.word, endOfRun(from: start, while: \.isIdentifierPart), true)
    }

    private func scanString(from start: Int) -> Scanned {
        guard let literal, literalCrossedLine else { return quoted(.string, from: start) }
        return quoted(literal, from: start, doubling: literal != .bitString, escaping: literal == .escapeString)
    }

    private func scanDollar(from start: Int) -> Scanned {
        guard let next = byte(start + 1) else { return (.invalid, start + 1, true) }
        if next.isASCIIDigit { return (.parameter, endOfRun(from: start + 1, while: \.isASCIIDigit), true) }
        // A tag starts as an identifier does, so a digit cannot come first.
        let tagEnd = endOfRun(from: start + 1, while: \.isDollarTagPart)
        guard byte(tagEnd) == 0x24 else { return (.invalid, start + 1, true) }
        let (stop, terminated) = endOfDollarQuote(delimiter: start..<tagEnd + 1)
        return (.dollarString, stop, terminated)
    }

    private func endOfSpace(from start: Int) -> Int {
        guard copyRows == .onNextLine else { return endOfRun(from: start, while: \.isSQLSpace) }
        // The rows start with the next line, even if that starts with white space.
        let lineEnd = endOfRun(from: start) { $0.isSQLSpace && !$0.isLineEnd }
        return byte(lineEnd)?.isLineEnd == true ? endOfLineEnd(at: lineEnd) : lineEnd
    }

    /// Cuts a run of operator characters as the server does: before a comment, and before the signs at its end
    /// unless it holds a character that no standard operator has.
    private mutating func endOfOperator(from start: Int) -> Int {
        if start >= operatorRun.end {
            operatorRun = OperatorRun(end: start)
            while let next = byte(operatorRun.end), next.isOperatorPart {
                let following = byte(operatorRun.end + 1)
                if (next == 0x2D && following == 0x2D) || (next == 0x2F && following == 0x2A) { break }
                if next.allowsOperatorToEndInSign { operatorRun.lastSpecial = operatorRun.end }
                if next != 0x2B && next != 0x2D { operatorRun.lastNonSign = operatorRun.end }
                operatorRun.end += 1
            }
        }
        if operatorRun.lastSpecial >= start { return operatorRun.end }
        return Swift.max(operatorRun.lastNonSign, start) + 1
    }
}
