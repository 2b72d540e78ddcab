/// Follows the tokens of one statement as far as it takes to know which semicolon ends it and whether rows follow.
///
/// The same rule as psql's, narrowed: only `CREATE [OR REPLACE] FUNCTION | PROCEDURE` can hold a body of statements
/// between `BEGIN ATOMIC` and its `END`, and only `CREATE [OR REPLACE] RULE` can hold statements in parentheses.
struct SQLStatementTracker: Sendable {
    private enum Head {
        case nothing, create, createOr, createOrReplace
        case routine, rule, copy, other
    }

    private enum Previous {
        case begin, from, `as`, dot, other
    }

    private var head = Head.nothing
    private var previous = Previous.other
    private var parenthesisDepth = 0
    private var bodyDepth = 0

    /// Whether the statement is `COPY ... FROM STDIN`.
    private(set) var copiesFromStdin = false

    /// Whether nothing but white space and comments was seen.
    var isAtStart: Bool { head == .nothing }

    /// Whether a `BEGIN ATOMIC` waits for its `END`.
    var isInsideAtomicBody: Bool { bodyDepth > 0 }

    /// Whether a semicolon here does not end the statement.
    var isInsideBody: Bool { bodyDepth > 0 || (head == .rule && parenthesisDepth > 0) }

    /// Takes the next token that is neither white space nor comment; `keyword` is nil for all but the key words.
    mutating func consume(_ kind: SQLToken.Kind, keyword: SQLKeyword?) {
        switch kind {
        case .openParenthesis: parenthesisDepth += 1
        case .closeParenthesis: parenthesisDepth = max(0, parenthesisDepth - 1)
        default: break
        }
        // After a dot or AS any key word is a mere name: `t.end`, `SELECT 1 AS end`.
        let isName = previous == .dot || previous == .as
        if bodyDepth > 0 {
            if !isName { consumeInBody(keyword) }
        } else if head == .routine {
            if previous == .begin, keyword == .atomic { bodyDepth = 1 }
        } else if head == .copy {
            if previous == .from, keyword == .stdin, parenthesisDepth == 0 { copiesFromStdin = true }
        } else if head != .rule, head != .other {
            advanceHead(keyword)
        }
        switch keyword {
        case .begin: previous = .begin
        case .from: previous = .from
        case .as: previous = isName ? .other : .as
        default: previous = kind == .dot ? .dot : .other
        }
    }

    private mutating func consumeInBody(_ keyword: SQLKeyword?) {
        switch keyword {
        case .case: bodyDepth += 1
        case .atomic where previous == .begin: bodyDepth += 1
        case .end: bodyDepth -= 1
        default: break
        }
    }

    private mutating func advanceHead(_ keyword: SQLKeyword?) {
        switch (head, keyword) {
        case (.nothing, .create): head = .create
        case (.nothing, .copy): head = .copy
        case (.create, .or): head = .createOr
        case (.createOr, .replace): head = .createOrReplace
        case (.create, .function), (.create, .procedure): head = .routine
        case (.createOrReplace, .function), (.createOrReplace, .procedure): head = .routine
        case (.create, .rule), (.createOrReplace, .rule): head = .rule
        default: head = .other
        }
    }
}
