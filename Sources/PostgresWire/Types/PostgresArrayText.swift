/// An array in text format: its dimensions, and its elements' texts in order.
///
/// Source: PostgreSQL manual, "Array Input and Output Syntax".
struct PostgresArrayText {
    /// The length of each dimension, the outermost first; none for an empty array.
    private(set) var dimensions: [Int] = []
    /// The elements without quotes and escapes; nil for NULL.
    private(set) var elements: [[UInt8]?] = []

    private let delimiter: UInt8
    private var next: UInt8?

    /// Reads everything that is left.
    ///
    /// - Throws: ``WireError/invalidValue`` for text that the server would not write.
    init(from reader: inout WireReader, type: PostgresOID) throws(WireError) {
        delimiter = Self.delimiter(of: type.elementType ?? .unspecified)
        try advance(&reader)
        try skipBounds(&reader)
        try expect(UInt8(ascii: "{"), &reader)
        if next == UInt8(ascii: "}") {
            try advance(&reader)
        } else {
            try readLevel(1, &reader)
        }
        guard next == nil else { throw .invalidValue }
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

    /// Passes over `[2:4]=`, which the server writes where the first index is not 1.
    private mutating func skipBounds(_ reader: inout WireReader) throws(WireError) {
        guard next == UInt8(ascii: "[") else { return }
        while next == UInt8(ascii: "[") {
            try advance(&reader)
            while let byte = next, byte != UInt8(ascii: "]") {
                guard decimalDigit(byte) != nil || byte == UInt8(ascii: ":") || byte == UInt8(ascii: "-")
                else { throw .invalidValue }
                try advance(&reader)
            }
            try expect(UInt8(ascii: "]"), &reader)
        }
        try expect(UInt8(ascii: "="), &reader)
    }

    private mutating func readLevel(_ depth: Int, _ reader: inout WireReader) throws(WireError) {
        guard depth <= PostgresArrayHeader.maximumDimensions else { throw .invalidLength }
        let isFirst = dimensions.count < depth
        if isFirst {
            // Elements before a deeper level began: the levels are not equally deep.
            guard elements.isEmpty else { throw .invalidValue }
            dimensions.append(0)
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
            guard dimensions.dropFirst(depth - 1).first == length else { throw .invalidValue }
        }
    }

    private mutating func replaceDimension(_ depth: Int, by length: Int) {
        dimensions.replaceSubrange(depth - 1..<depth, with: CollectionOfOne(length))
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
    static func encode(_ element: [UInt8], alwaysQuoted: Bool, into writer: inout WireWriter) {
        guard alwaysQuoted || needsQuotes(element) else { return writer.write(bytes: element) }
        writer.write(UInt8(ascii: "\""))
        for byte in element {
            if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { writer.write(UInt8(ascii: "\\")) }
            writer.write(byte)
        }
        writer.write(UInt8(ascii: "\""))
    }

    private static func needsQuotes(_ element: [UInt8]) -> Bool {
        if element.isEmpty { return true }
        if element.count == 4, element.elementsEqual("NULL".utf8, by: { $0 & 0xDF == $1 }) { return true }
        return element.contains { byte in
            switch byte {
            case UInt8(ascii: "{"), UInt8(ascii: "}"), UInt8(ascii: ","), UInt8(ascii: "\""), UInt8(ascii: "\\"): true
            case UInt8(ascii: " "), 9...13: true
            default: false
            }
        }
    }
}
