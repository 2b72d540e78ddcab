/// An array in text format: its dimensions, and its elements' texts in order.
///
/// Source: PostgreSQL manual, "Array Input and Output Syntax".
struct ArrayText {
    /// The dimensions, the outermost first; none for an empty array.
    private(set) var dimensions: [ArrayDimension] = []
    /// The elements without quotes and escapes; nil for NULL.
    private(set) var elements: [[UInt8]?] = []

    private let delimiter: UInt8
    private var next: UInt8?

    /// Reads everything that is left.
    ///
    /// - Throws: ``WireError/invalidValue`` for text that the server would not write.
    init(from reader: inout WireReader, delimiter: UInt8) throws(WireError) {
        self.delimiter = delimiter
        try advance(&reader)
        let bounds = try readBounds(&reader)
        try expect(UInt8(ascii: "{"), &reader)
        if next == UInt8(ascii: "}") {
            try advance(&reader)
        } else {
            try readLevel(1, &reader)
        }
        guard next == nil else { throw .invalidValue }
        if let bounds {
            guard bounds.map(\.length) == dimensions.map(\.length) else { throw .invalidValue }
            dimensions = bounds
        }
        guard ArrayDimension.count(dimensions) == elements.count else { throw .invalidValue }
    }

    /// What stands between elements of this type: of all built-in types only `box` has not the comma.
    static func delimiter(of elementType: PostgresOID) -> UInt8 {
        elementType == .box ? UInt8(ascii: ";") : UInt8(ascii: ",")
    }

    private mutating func advance(_ reader: inout WireReader) throws(WireError) {
        next = reader.remaining > 0 ? try reader.readUInt8() : nil
    }

    private mutating func expect(_ byte: UInt8, _ reader: inout WireReader) throws(WireError) {
        guard next == byte else { throw .invalidValue }
        try advance(&reader)
    }

    /// Reads `[2:4]=`, which the server writes where an index does not begin at 1; nil where it does not stand.
    private mutating func readBounds(_ reader: inout WireReader) throws(WireError) -> [ArrayDimension]? {
        guard next == UInt8(ascii: "[") else { return nil }
        var bounds: [ArrayDimension] = []
        while next == UInt8(ascii: "[") {
            guard bounds.count < ArrayDimension.maximumCount else { throw .invalidLength }
            try advance(&reader)
            let lower = try readBound(&reader)
            try expect(UInt8(ascii: ":"), &reader)
            let upper = try readBound(&reader)
            try expect(UInt8(ascii: "]"), &reader)
            guard upper >= lower else { throw .invalidValue }
            bounds.append(ArrayDimension(length: upper - lower + 1, lowerBound: lower))
        }
        try expect(UInt8(ascii: "="), &reader)
        return bounds
    }

    private mutating func readBound(_ reader: inout WireReader) throws(WireError) -> Int {
        let isNegative = next == UInt8(ascii: "-")
        if isNegative { try advance(&reader) }
        var number = 0
        var length = 0
        while let byte = next, let digit = decimalDigit(byte) {
            guard length < 10 else { throw .invalidValue }
            number = number * 10 + Int(digit)
            length += 1
            try advance(&reader)
        }
        let bound = isNegative ? -number : number
        guard length > 0, Int32(exactly: bound) != nil else { throw .invalidValue }
        return bound
    }

    private mutating func readLevel(_ depth: Int, _ reader: inout WireReader) throws(WireError) {
        guard depth <= ArrayDimension.maximumCount else { throw .invalidLength }
        let isFirst = dimensions.count < depth
        if isFirst {
            // Elements before a deeper level began: the levels are not equally deep.
            guard elements.isEmpty else { throw .invalidValue }
            dimensions.append(ArrayDimension(length: 0))
        }
        var length = 0
        while true {
            if next == UInt8(ascii: "{") {
                try advance(&reader)
                try readLevel(depth + 1, &reader)
            } else {
                guard dimensions.count == depth else { throw .invalidValue }
                elements.append(try readElement(&reader))
            }
            length += 1
            if next == UInt8(ascii: "}") { break }
            try expect(delimiter, &reader)
        }
        try advance(&reader)
        if isFirst {
            replaceDimension(depth, by: length)
        } else {
            guard dimensions.dropFirst(depth - 1).first?.length == length else { throw .invalidValue }
        }
    }

    private mutating func replaceDimension(_ depth: Int, by length: Int) {
        dimensions.replaceSubrange(depth - 1..<depth, with: CollectionOfOne(ArrayDimension(length: length)))
    }

    private mutating func readElement(_ reader: inout WireReader) throws(WireError) -> [UInt8]? {
        var bytes: [UInt8] = []
        if next == UInt8(ascii: "\"") {
            try advance(&reader)
            while next != UInt8(ascii: "\"") {
                bytes.append(try readCharacter(&reader))
            }
            try advance(&reader)
            return bytes
        }
        while let byte = next, byte != delimiter, byte != UInt8(ascii: "}") {
            guard byte != UInt8(ascii: "{"), byte != UInt8(ascii: "\"") else { throw .invalidValue }
            bytes.append(try readCharacter(&reader))
        }
        guard !bytes.isEmpty else { throw .invalidValue }
        return bytes == Array("NULL".utf8) ? nil : bytes
    }

    private mutating func readCharacter(_ reader: inout WireReader) throws(WireError) -> UInt8 {
        if next == UInt8(ascii: "\\") { try advance(&reader) }
        guard let byte = next else { throw .invalidValue }
        try advance(&reader)
        return byte
    }

    /// Writes an element in quotes if it needs them, or always.
    static func encode(
        _ element: [UInt8], alwaysQuoted: Bool, delimiter: UInt8 = UInt8(ascii: ","), into writer: inout WireWriter
    ) {
        guard alwaysQuoted || needsQuotes(element, delimiter) else { return writer.write(bytes: element) }
        writer.write(UInt8(ascii: "\""))
        for byte in element {
            if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { writer.write(UInt8(ascii: "\\")) }
            writer.write(byte)
        }
        writer.write(UInt8(ascii: "\""))
    }

    private static func needsQuotes(_ element: [UInt8], _ delimiter: UInt8) -> Bool {
        if element.isEmpty { return true }
        if element.count == 4, element.elementsEqual("NULL".utf8, by: { $0 & 0xDF == $1 }) { return true }
        return element.contains { byte in
            switch byte {
            case UInt8(ascii: "{"), UInt8(ascii: "}"), delimiter, UInt8(ascii: "\""), UInt8(ascii: "\\"): true
            case UInt8(ascii: " "), 9...13: true
            default: false
            }
        }
    }

    /// Writes `{…}` with the braces of all dimensions, before it `[0:2]=` where an index does not begin at 1; `element`
    /// writes the element of that number.
    static func encode(
        _ dimensions: [ArrayDimension], count: Int, delimiter: UInt8, into writer: inout WireWriter,
        _ element: (Int, inout WireWriter) -> Void
    ) {
        guard count > 0, !dimensions.isEmpty else { return writer.write(utf8: "{}") }
        if dimensions.contains(where: { $0.lowerBound != 1 }) {
            for dimension in dimensions {
                writer.write(utf8: "[\(dimension.lowerBound):\(dimension.lowerBound + dimension.length - 1)]")
            }
            writer.write(UInt8(ascii: "="))
        }
        // How many elements a pair of braces holds, from the outermost to the innermost pair.
        var sizes: [Int] = [count]
        for dimension in dimensions.dropLast() { sizes.append((sizes.last ?? 0) / max(1, dimension.length)) }
        for index in 0..<count {
            if index > 0 { writer.write(delimiter) }
            for size in sizes where index % size == 0 { writer.write(UInt8(ascii: "{")) }
            element(index, &writer)
            for size in sizes where (index + 1) % size == 0 { writer.write(UInt8(ascii: "}")) }
        }
    }
}
