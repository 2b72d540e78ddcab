import PostgresWire
import Testing

@Suite(.ownThread) struct SQLLexerPropertyTests {
    private static let pieces = [
        "'", "''", "E'", "e'", "U&'", "u&\"", "\"", "\\", "\\.", "\\'", "$$", "$a$", "$1", "$", "--", "-- @UNDO", "/*",
        "*/",
        ";", "\n", "\r\n", "\r", "\n\\.\n", " ", "\t", "COPY t FROM STDIN;", "BEGIN ATOMIC ", " END", " CASE ",
        "CREATE FUNCTION f() ", "CREATE OR REPLACE PROCEDURE p() ", "CREATE RULE r AS DO (", ")", "(", "SELECT 1", "0x",
        "1_",
        "1e", "..", "::", ":=", "+-", "@-", "\u{FEFF}", "é", "\0", "b'", "x'", "n'", "{", "COMMIT", "ROLLBACK TO x",
        "REINDEX (CONCURRENTLY", "VACUUM", "CREATE SUBSCRIPTION s WITH (connect=", "\\restrict x", "AS ", "t.",
    ].map { Array($0.utf8) }

    private static func sample(_ generator: inout SeededGenerator) -> [UInt8] {
        var bytes: [UInt8] = []
        for _ in 0..<Int.random(in: 0...24, using: &generator) {
            if Int.random(in: 0..<8, using: &generator) == 0 {
                bytes.append(UInt8.random(in: 0...255, using: &generator))
            } else {
                bytes += pieces.randomElement(using: &generator) ?? []
            }
        }
        for _ in 0..<Int.random(in: 0...3, using: &generator) where !bytes.isEmpty {
            let index = Int.random(in: 0..<bytes.count, using: &generator)
            switch Int.random(in: 0..<3, using: &generator) {
            case 0: bytes.remove(at: index)
            case 1: bytes[index] = UInt8.random(in: 0...255, using: &generator)
            default: bytes.insert(bytes[index], at: index)
            }
        }
        return bytes
    }

    private func check(_ bytes: [UInt8], _ range: Range<Int>? = nil) {
        let range = range ?? 0..<bytes.count
        var end = range.lowerBound
        var previousEndsInput = false
        for token in SQLLexer(bytes, range: range) {
            guard token.range.lowerBound == end, !token.range.isEmpty, !previousEndsInput else {
                Issue.record("token \(token) after offset \(end) of \(bytes)")
                return
            }
            end = token.range.upperBound
            previousEndsInput = token.isUnterminated
            if token.kind == .invalid { #expect(token.range.count == 1) }
        }
        #expect(end == range.upperBound, "\(bytes)")

        guard let script = try? SQLScript(bytes, range: range) else { return }
        var last = range.lowerBound
        for statement in script.statements {
            #expect(statement.range.lowerBound >= last && statement.range.upperBound <= range.upperBound)
            #expect(!statement.range.isEmpty)
            #expect(statement.location == SQLLocation(of: statement.range.lowerBound, in: bytes), "\(bytes)")
            last = statement.range.upperBound
            if let rows = statement.copyData {
                #expect(rows.lowerBound >= last && rows.upperBound <= range.upperBound)
                last = rows.upperBound
            }
            // None of these may trap.
            _ = statement.text
            _ = statement.leadingKeywords(4)
            _ = statement.transactionControl
            _ = statement.cannotRunInTransaction
        }
        for directive in script.directives {
            #expect(bytes[directive.range].starts(with: [0x2D, 0x2D]))
            #expect(SQLDirective.directive(in: bytes[directive.range])?.name == directive.name)
        }
    }

    @Test(arguments: 0..<8 as Range<UInt64>) func mutatedSamplesAreCutWithoutGaps(_ seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<1500 {
            let bytes = Self.sample(&generator)
            check(bytes)
            let first = Int.random(in: 0...bytes.count, using: &generator)
            check(bytes, first..<Int.random(in: first...bytes.count, using: &generator))
        }
    }

    @Test func randomBytesAreCutWithoutGaps() {
        var generator = SeededGenerator(seed: 42)
        for _ in 0..<4000 {
            let count = Int.random(in: 0...80, using: &generator)
            check((0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) })
        }
    }

    @Test func everyPrefixIsCutWithoutGaps() {
        let text = """
            CREATE FUNCTION f() BEGIN ATOMIC SELECT CASE WHEN 1 THEN E'\\'' END; END;
            COPY t FROM STDIN;\r\n1\r\n\\.\r\nSELECT U&"d\\0061t", $x$ $y$ $x$, /* /* */ */ 0x1F -- é
            """
        let bytes = Array(text.utf8)
        for end in 0...bytes.count { check(Array(bytes[..<end])) }
    }

    @Test func aSplitScriptSplitsTheSameAgain() throws {
        var generator = SeededGenerator(seed: 7)
        var compared = 0
        for _ in 0..<4000 {
            guard let script = try? SQLScript(Self.sample(&generator)) else { continue }
            for statement in script.statements where !statement.copiesFromStdin {
                // A backslash or a mark may mean something else at the start of a text than within it.
                let again = try SQLScript(Array(statement.bytes))
                guard again.statements.first?.range.lowerBound == 0 else { continue }
                #expect(again.statements.map(\.text) == [statement.text])
                compared += 1
            }
        }
        #expect(compared > 500)
    }
}
