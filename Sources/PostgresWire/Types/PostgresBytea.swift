/// Reads and writes `bytea`.
///
/// Source: PostgreSQL manual, "Binary Data Types".
enum PostgresBytea {
    /// Reads everything that is left.
    ///
    /// - Throws: ``WireError/invalidValue`` for text that is neither in hex nor in escape format.
    static func decode(from reader: inout WireReader, format: PostgresFormat) throws(WireError) -> [UInt8] {
        guard format == .text else { return reader.readRemainingBytes() }
        let text = reader.readRemainingBytes()
        return text.starts(with: [UInt8(ascii: "\\"), UInt8(ascii: "x")])
            ? try hexadecimal(text.dropFirst(2))
            : try escape(text)
    }

    static func hexadecimal(_ text: ArraySlice<UInt8>) throws(WireError) -> [UInt8] {
        guard text.count.isMultiple(of: 2) else { throw .invalidValue }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count / 2)
        var high: UInt8?
        for byte in text {
            guard let digit = hexadecimalDigit(byte) else { throw .invalidValue }
            if let first = high {
                bytes.append(first << 4 | digit)
                high = nil
            } else {
                high = digit
            }
        }
        return bytes
    }

    private static func escape(_ text: [UInt8]) throws(WireError) -> [UInt8] {
        try WireReader.read(text) { (reader) throws(WireError) -> [UInt8] in
            var bytes: [UInt8] = []
            bytes.reserveCapacity(reader.remaining)
            while reader.remaining > 0 {
                let byte = try reader.readUInt8()
                guard byte == UInt8(ascii: "\\") else {
                    bytes.append(byte)
                    continue
                }
                bytes.append(try reader.readEscapedByte())
            }
            return bytes
        }
    }

    /// The hex format, `\x` and two digits per byte.
    static func description(_ bytes: [UInt8]) -> String {
        var text: [UInt8] = [UInt8(ascii: "\\"), UInt8(ascii: "x")]
        text.reserveCapacity(2 + bytes.count * 2)
        for byte in bytes {
            text.append(hexadecimalCharacter(byte >> 4))
            text.append(hexadecimalCharacter(byte & 15))
        }
        return String(decoding: text, as: UTF8.self)
    }
}
