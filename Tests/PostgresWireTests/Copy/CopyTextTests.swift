import PostgresWire
import Testing

@Suite struct CopyTextTests {
    private static let formats: [CopyFormat] = [
        .text, .text(delimiter: "|", null: ""), .text(delimiter: ",", null: "NULL"), .csv,
        .csv(delimiter: ";", null: "NULL", quote: "'"), .csv(delimiter: "\t", escape: "\\"),
        .csv(null: "\\N", quote: "\"", escape: "e"), .text(null: "nil", default: "def"), .csv(default: "\\D"),
    ]

    private static let fields: [String?] = [
        nil, "a", "NULL", "nil", "def", "\\N", "\\D", "\\.", "a,b", "a;b", "a|b", "tab\tnew\nline\rreturn", "\"",
        "\"\"", "'", "''",
        "e", "\\", "\\\\", "\\n", " spaced ", "\u{8}\u{B}\u{C}", "ä\u{1F600}", "N", "x41", "101",
    ]

    @Test(arguments: formats)
    func whatIsWrittenIsReadAgain(_ format: CopyFormat) throws {
        for left in Self.fields {
            for right in Self.fields {
                let row = [left, right, "end"].map { $0.map { Array($0.utf8) } }
                var writer = try CopyTextWriter(format)
                #expect(writer.write(row: row) == nil)
                #expect(writer.write(row: row) == nil)
                var reader = try CopyTextReader(format)
                // In pieces of one byte every state between two of them is seen.
                var rows: [[[UInt8]?]] = []
                for byte in writer.bytes {
                    reader.append([byte])
                    while let row = try reader.next() { rows.append(row) }
                }
                reader.finish()
                while let row = try reader.next() { rows.append(row) }
                #expect(rows == [row, row], "\(String(decoding: writer.bytes, as: UTF8.self))")
            }
        }
    }

    @Test func anEmptyTextThatStandsForNullIsNoText() throws {
        var writer = try CopyTextWriter(.text(null: ""))
        #expect(writer.write(row: [Array("a".utf8), []]) == 1)
        #expect(writer.bytes.isEmpty, "nothing of the row is left")
        #expect(writer.write(row: [Array("a".utf8), nil]) == nil)
        #expect(writer.bytes == Array("a\t\n".utf8))
        var sheet = try CopyTextWriter(.csv)
        #expect(sheet.write(row: [[], nil]) == nil)
        #expect(sheet.bytes == Array("\"\",\n".utf8))
    }

    @Test func whatTheServerWritesIsRead() throws {
        func rows(_ text: String, _ format: CopyFormat) throws -> [[String?]] {
            var reader = try CopyTextReader(format)
            reader.append(Array(text.utf8))
            reader.finish()
            var rows: [[String?]] = []
            while let row = try reader.next() {
                rows.append(row.map { $0.map { String(decoding: $0, as: UTF8.self) } })
            }
            return rows
        }
        #expect(try rows("1\t\\N\n2\t\\t\\x41\\101\\\\N\n\\.\n3\tx\n", .text) == [["1", nil], ["2", "\tAA\\N"]])
        #expect(try rows("a,b\r\n1,\"x\ny\"\r\n2,", .csv(header: true)) == [["1", "x\ny"], ["2", nil]])
        #expect(try rows("\n\n", .csv) == [[nil], [nil]])
        #expect(try rows("", .csv) == [])
        #expect(try rows("a\"b,c\"d\n", .csv) == [["ab,cd"]])
        #expect(try rows("\"a\\\"b\"\n", .csv(escape: "\\")) == [["a\"b"]])
    }

    /// Also where it comes in a later piece.
    @Test func whatFollowsTheEndOfTheDataIsNone() throws {
        for length in 1...12 {
            let bytes = Array("1\n\\.\n2\n3\n".utf8)
            var reader = try CopyTextReader(.text)
            var rows: [[[UInt8]?]] = []
            for start in stride(from: 0, to: bytes.count, by: length) {
                reader.append(bytes[start..<min(start + length, bytes.count)])
                while let row = try reader.next() { rows.append(row) }
            }
            reader.finish()
            while let row = try reader.next() { rows.append(row) }
            #expect(rows == [[[UInt8(ascii: "1")]]], "in pieces of \(length)")
        }
    }

    @Test func textThatEndsTooEarlyIsAnError() throws {
        for (text, format) in [("\"a", CopyFormat.csv), ("a\\", .text)] {
            var reader = try CopyTextReader(format)
            reader.append(Array(text.utf8))
            #expect(try reader.next() == nil)
            reader.finish()
            #expect(throws: WireError.invalidValue) { try reader.next() }
        }
    }

    @Test func aRowOfMoreFieldsThanThereAreColumnsAnywhereIsAnError() throws {
        for format in [CopyFormat.text, .csv(delimiter: "\t")] {
            var reader = try CopyTextReader(format)
            reader.append([UInt8](repeating: 9, count: 70_000))
            reader.finish()
            #expect(throws: WireError.invalidLength) { try reader.next() }
        }
    }

    @Test func optionsThatDoNotGoTogetherAreRefused() {
        let wrong: [CopyFormat] = [
            .text(delimiter: "a"), .text(delimiter: "\\"), .text(delimiter: "\n"), .text(delimiter: "ä"),
            .text(null: "a\nb"),
            .text(null: "\t"), .csv(delimiter: "\""), .csv(null: ","), .csv(null: "a\"b"), .csv(quote: "\u{0}"),
            .csv(null: "x", default: "x"), .text(delimiter: ".", null: ""), .binary,
        ]
        for format in wrong {
            #expect(throws: PostgresError.self) { try CopyTextWriter(format) }
        }
    }
}
