import PostgresWire
import Testing

@Suite struct CopyBinaryTests {
    private static let rows: [[[UInt8]?]] = [[[1, 2, 3], nil], [[], [9]], [nil, nil]]

    private static var file: [UInt8] {
        var writer = CopyBinaryWriter()
        for row in rows { writer.write(row: row) }
        writer.finish()
        return writer.bytes
    }

    @Test(arguments: [1, 2, 3, 7, 19, 20, 1000])
    func whatIsWrittenIsReadAgainInPieces(_ length: Int) throws {
        var reader = CopyBinaryReader()
        var rows: [[[UInt8]?]] = []
        var rest = Self.file[...]
        while !rest.isEmpty {
            reader.append(rest.prefix(length))
            rest = rest.dropFirst(length)
            while let row = try reader.next() { rows.append(row) }
        }
        #expect(rows == Self.rows)
        #expect(reader.isAtEnd)
    }

    @Test func everyCutOffFileIsNotAtItsEnd() throws {
        for count in 0..<Self.file.count {
            var reader = CopyBinaryReader()
            reader.append(Self.file.prefix(count))
            while try reader.next() != nil {}
            #expect(!reader.isAtEnd)
        }
    }

    @Test func malformedBytesAreErrors() {
        func error(_ bytes: [UInt8]) -> WireError? {
            var reader = CopyBinaryReader()
            reader.append(bytes)
            do throws(WireError) {
                while try reader.next() != nil {}
                return nil
            } catch {
                return error
            }
        }
        var header = CopyBinary.header
        header[4] = 0x79
        #expect(error(header) == .invalidValue, "another signature")
        header = CopyBinary.header
        header[12] = 1
        #expect(error(header) == .invalidValue, "row identifiers")
        header = CopyBinary.header
        header[15] = 0x80
        #expect(error(header) == .invalidLength, "an extension of negative length")
        #expect(error(CopyBinary.header + [0xFF, 0xFE]) == .invalidLength, "a negative count")
        #expect(error(CopyBinary.header + [0, 1, 0xFF, 0xFF, 0xFF, 0xFE]) == .invalidLength, "a length of -2")
        #expect(error(CopyBinary.header + [0x7F, 0xFF, 0, 0]) == nil, "more values than bytes may still come")
        #expect(error(CopyBinary.header + CopyBinary.trailer + [0]) == .trailingBytes)
    }

    @Test func anExtensionIsPassedOver() throws {
        var header = CopyBinary.header
        header[18] = 3
        var reader = CopyBinaryReader()
        reader.append(header + [1, 2, 3, 0, 1, 0, 0, 0, 0] + CopyBinary.trailer)
        #expect(try reader.next() == [[]])
        #expect(try reader.next() == nil)
        #expect(reader.isAtEnd)
    }
}
