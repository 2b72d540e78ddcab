extension CopyDialect {
    /// No relation has more columns, and no honest row more fields.
    static let mostFields = 65_535

    /// The fields of a row without the end of its line; nil is NULL.
    ///
    /// - Throws: ``WireError/invalidValue`` for a quote or an escape that is not ended, or for what follows a closing quote;
    ///   ``WireError/invalidLength`` for more than 65,535 fields.
    package func fields(of line: some RandomAccessCollection<UInt8>) throws(WireError) -> [[UInt8]?] {
        isCSV ? try csvFields(of: line) : try textFields(of: line)
    }

    private func textFields(of line: some RandomAccessCollection<UInt8>) throws(WireError) -> [[UInt8]?] {
        var fields: [[UInt8]?] = []
        var field: [UInt8] = []
        var start = line.startIndex
        var index = start
        // Where no escape was read the field is the line's own bytes, and may be a marker.
        var isMarker: Bool { line[start..<index].elementsEqual(null) }
        while index < line.endIndex {
            let byte = line[index]
            if byte == delimiter {
                fields.append(isMarker ? nil : field)
                guard fields.count < Self.mostFields else { throw .invalidLength }
                field = []
                index = line.index(after: index)
                start = index
            } else if byte == Self.backslash {
                index = line.index(after: index)
                field.append(try unescape(line, &index))
            } else {
                field.append(byte)
                index = line.index(after: index)
            }
        }
        fields.append(isMarker ? nil : field)
        return fields
    }

    /// Reads what follows a backslash.
    private func unescape<Line: RandomAccessCollection<UInt8>>(
        _ line: Line, _ index: inout Line.Index
    ) throws(WireError) -> UInt8 {
        guard index < line.endIndex else { throw .invalidValue }
        let byte = line[index]
        index = line.index(after: index)
        switch byte {
        case UInt8(ascii: "b"): return 0x08
        case UInt8(ascii: "t"): return 0x09
        case UInt8(ascii: "n"): return 0x0A
        case UInt8(ascii: "v"): return 0x0B
        case UInt8(ascii: "f"): return 0x0C
        case UInt8(ascii: "r"): return 0x0D
        case UInt8(ascii: "0")...UInt8(ascii: "7"):
            var value = byte - UInt8(ascii: "0")
            for _ in 0..<2 where index < line.endIndex && (0x30...0x37).contains(line[index]) {
                value = value << 3 | (line[index] - 0x30)
                index = line.index(after: index)
            }
            return value
        case UInt8(ascii: "x"):
            guard index < line.endIndex, let high = hexadecimalDigit(line[index]) else { return byte }
            index = line.index(after: index)
            guard index < line.endIndex, let low = hexadecimalDigit(line[index]) else { return high }
            index = line.index(after: index)
            return high << 4 | low
        default: return byte
        }
    }

    private func csvFields(of line: some RandomAccessCollection<UInt8>) throws(WireError) -> [[UInt8]?] {
        var fields: [[UInt8]?] = []
        var field: [UInt8] = []
        var wasQuoted = false
        var index = line.startIndex
        func end() { fields.append(!wasQuoted && field == null ? nil : field) }
        while index < line.endIndex {
            let byte = line[index]
            index = line.index(after: index)
            if byte == delimiter {
                end()
                guard fields.count < Self.mostFields else { throw .invalidLength }
                field = []
                wasQuoted = false
            } else if byte == quote {
                wasQuoted = true
                try readQuoted(line, &index, into: &field)
            } else {
                field.append(byte)
            }
        }
        end()
        return fields
    }

    /// Reads up to the closing quote. Like the server, takes text before and after it as part of the field.
    private func readQuoted<Line: RandomAccessCollection<UInt8>>(
        _ line: Line, _ index: inout Line.Index, into field: inout [UInt8]
    ) throws(WireError) {
        while index < line.endIndex {
            let byte = line[index]
            index = line.index(after: index)
            if byte == escape, index < line.endIndex, line[index] == quote || line[index] == escape {
                field.append(line[index])
                index = line.index(after: index)
            } else if byte == quote {
                return
            } else {
                field.append(byte)
            }
        }
        throw .invalidValue
    }
}
