/// Collects what a ``SQLScript`` holds while it goes through the tokens once.
struct SQLScriptReader {
    private let bytes: [UInt8]
    private let readsCopyData: Bool
    private var lexer: SQLLexer
    private var cursor: SourceCursor
    private var begun: (start: Int, end: Int, location: SQLLocation)?
    // Whether the current line holds nothing but white space so far.
    private var lineIsBlank = true
    private var copyAwaitingRows: SQLLocation?

    private(set) var statements: [SQLStatement] = []
    private(set) var directives: [SQLDirective] = []
    private(set) var metaCommands: [SQLMetaCommand] = []

    init(_ bytes: [UInt8], range: Range<Int>?, readsCopyData: Bool) {
        self.bytes = bytes
        self.readsCopyData = readsCopyData
        lexer = SQLLexer(bytes, range: range, readsCopyData: readsCopyData)
        cursor = SourceCursor(bytes)
    }

    mutating func read() throws(SQLSyntaxError) {
        while true {
            // Asked before the token, because a semicolon that ends the statement also ends what is known of it.
            let copiesFromStdin = lexer.tracker.copiesFromStdin
            guard let token = lexer.next() else { break }
            try take(token, copiesFromStdin)
        }
        if let begun, lexer.tracker.isInsideAtomicBody {
            throw SQLSyntaxError(.unterminatedBody, at: begun.location)
        }
        try finishStatement(lexer.tracker.copiesFromStdin)
        if let copyAwaitingRows { throw SQLSyntaxError(.missingCopyData, at: copyAwaitingRows) }
    }

    private mutating func take(_ token: SQLToken, _ copiesFromStdin: Bool) throws(SQLSyntaxError) {
        if token.isUnterminated { throw unterminated(token) }
        switch token.kind {
        case .whitespace:
            if bytes[token.range].contains(where: \.isLineEnd) { lineIsBlank = true }
        case .lineComment:
            if lineIsBlank, !token.isInsideBody { takeDirective(token) }
            lineIsBlank = false
        case .blockComment:
            lineIsBlank = false
        case .copyData:
            copyAwaitingRows = nil
            lineIsBlank = true
            if let last = statements.indices.last { statements[last].copyData = rows(of: token) }
        case .psqlMetaCommand:
            try refuseMissingRows()
            metaCommands.append(
                SQLMetaCommand(bytes[token.range], line: cursor.location(of: token.range.lowerBound).line))
            lineIsBlank = false
        case .semicolon where !token.isInsideBody:
            try refuseMissingRows()
            lineIsBlank = false
            try finishStatement(copiesFromStdin)
        default:
            try refuseMissingRows()
            lineIsBlank = false
            let start = begun?.start ?? token.range.lowerBound
            let location = begun?.location ?? cursor.location(of: start)
            begun = (start, token.range.upperBound, location)
        }
    }

    private mutating func takeDirective(_ token: SQLToken) {
        guard let (name, argument) = SQLDirective.directive(in: bytes[token.range]) else { return }
        directives.append(
            SQLDirective(
                name: name, argument: argument, range: token.range,
                line: cursor.location(of: token.range.lowerBound).line, isInsideStatement: begun != nil))
    }

    private mutating func finishStatement(_ copiesFromStdin: Bool) throws(SQLSyntaxError) {
        guard let (start, end, location) = begun else { return }
        begun = nil
        try validate(start..<end)
        statements.append(
            SQLStatement(
                source: bytes, range: start..<end, location: location, copiesFromStdin: copiesFromStdin, copyData: nil))
        if readsCopyData, copiesFromStdin { copyAwaitingRows = location }
    }

    private func refuseMissingRows() throws(SQLSyntaxError) {
        if let copyAwaitingRows { throw SQLSyntaxError(.missingCopyData, at: copyAwaitingRows) }
    }

    /// The rows without the line `\.` that a terminated token ends with.
    private func rows(of token: SQLToken) -> Range<Int> {
        var end = token.range.upperBound
        while end > token.range.lowerBound, bytes[end - 1].isLineEnd { end -= 1 }
        return token.range.lowerBound..<max(token.range.lowerBound, end - 2)
    }

    private mutating func unterminated(_ token: SQLToken) -> SQLSyntaxError {
        let kind: SQLSyntaxError.Kind =
            switch token.kind {
            case .blockComment: .unterminatedComment
            case .dollarString: .unterminatedDollarQuote
            case .quotedIdentifier: .unterminatedIdentifier
            case .copyData: .unterminatedCopyData
            default: .unterminatedString
            }
        if token.kind == .copyData, let copyAwaitingRows { return SQLSyntaxError(kind, at: copyAwaitingRows) }
        return SQLSyntaxError(kind, at: cursor.location(of: token.range.lowerBound))
    }

    private func validate(_ range: Range<Int>) throws(SQLSyntaxError) {
        let statement = bytes[range]
        if let nul = statement.firstIndex(of: 0) {
            throw SQLSyntaxError(.embeddedNUL, at: SQLLocation(of: nul, in: bytes))
        }
        do {
            _ = try UTF8Span(validating: statement.span)
        } catch {
            let offset = range.lowerBound + error.byteOffsets.lowerBound
            throw SQLSyntaxError(.invalidUTF8, at: SQLLocation(of: offset, in: bytes))
        }
    }
}
