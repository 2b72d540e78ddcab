/// What the vector types of pgvector have in common.
enum VectorText {
    /// The text form, `[1,2.5,3]`.
    static func describe(_ elements: [Float]) -> String {
        "[" + elements.map(PostgresFloatText.describe).joined(separator: ",") + "]"
    }

    /// Reads the text form.
    static func decode(_ reader: inout WireReader) throws(WireError) -> [Float] {
        var scanner = PostgresTextCursor(&reader)
        var elements: [Float] = []
        try scanner.expect(UInt8(ascii: "["))
        if !scanner.accept(UInt8(ascii: "]")) {
            repeat {
                elements.append(try readFloat(&scanner))
            } while scanner.accept(UInt8(ascii: ","))
            try scanner.expect(UInt8(ascii: "]"))
        }
        try scanner.expectEnd()
        return elements
    }

    /// Reads a number up to what cannot be part of it.
    static func readFloat(_ scanner: inout PostgresTextCursor) throws(WireError) -> Float {
        let text = scanner.read { $0 == UInt8(ascii: ",") || $0 == UInt8(ascii: "]") || $0 == UInt8(ascii: "}") }
        return try WireReader.read(text) { (reader) throws(WireError) in
            try reader.readFloatingPoint(as: Float.self)
        }
    }

    /// Reads the number of elements, of which each takes `width` bytes, and the field after it, which is not used.
    static func readCount(_ reader: inout WireReader, width: Int) throws(WireError) -> Int {
        let count = Int(try reader.readInt16())
        guard try reader.readInt16() == 0 else { throw .invalidValue }
        guard count >= 0 else { throw .invalidLength }
        guard reader.remaining == count * width else {
            throw reader.remaining < count * width ? .truncated : .trailingBytes
        }
        return count
    }
}
