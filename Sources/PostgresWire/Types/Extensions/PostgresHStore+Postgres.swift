extension PostgresHStore: PostgresUndeclared {
    public func encode(into writer: inout WireWriter) {
        for (index, pair) in pairs.enumerated() {
            if index > 0 { writer.write(utf8: ", ") }
            Self.write(pair.key, into: &writer)
            writer.write(utf8: "=>")
            if let value = pair.value { Self.write(value, into: &writer) } else { writer.write(utf8: "NULL") }
        }
    }

    private static func write(_ text: String, into writer: inout WireWriter) {
        if text.utf8.contains(0) { writer.fail(.embeddedNUL) }
        writer.write(UInt8(ascii: "\""))
        for byte in text.utf8 {
            if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { writer.write(UInt8(ascii: "\\")) }
            writer.write(byte)
        }
        writer.write(UInt8(ascii: "\""))
    }

    public init(from reader: inout WireReader, type: PostgresOID, format: PostgresFormat) throws(WireError) {
        guard Self.canDecode(type, format: format) else { throw .typeMismatch }
        var pairs: [(key: String, value: String?)] = []
        switch format {
        case .binary:
            let count = try reader.readInt32()
            // The least a pair takes is its two lengths.
            guard count >= 0 else { throw .invalidLength }
            guard Int(count) <= reader.remaining / 8 else { throw .truncated }
            pairs.reserveCapacity(Int(count))
            for _ in 0..<count {
                let keyLength = try reader.readInt32()
                guard keyLength >= 0 else { throw .invalidLength }
                let key = try reader.readString(Int(keyLength))
                let valueLength = try reader.readInt32()
                guard valueLength >= -1 else { throw .invalidLength }
                pairs.append((key, valueLength == -1 ? nil : try reader.readString(Int(valueLength))))
            }
            try reader.expectEnd()
        case .text:
            var scanner = PostgresTextCursor(&reader)
            while !scanner.isAtEnd {
                if !pairs.isEmpty { try scanner.expect(", ") }
                try scanner.expect(UInt8(ascii: "\""))
                let key = try Self.readText(&scanner)
                try scanner.expect("=>")
                if scanner.accept("NULL") {
                    pairs.append((key, nil))
                } else {
                    try scanner.expect(UInt8(ascii: "\""))
                    pairs.append((key, try Self.readText(&scanner)))
                }
            }
        }
        self.init(pairs)
    }

    /// Reads up to the closing quote; here a quote within is not doubled, but has a backslash before it.
    private static func readText(_ scanner: inout PostgresTextCursor) throws(WireError) -> String {
        var bytes: [UInt8] = []
        while true {
            var byte = try scanner.read()
            if byte == UInt8(ascii: "\"") { break }
            if byte == UInt8(ascii: "\\") { byte = try scanner.read() }
            bytes.append(byte)
        }
        guard let text = String(validating: bytes, as: UTF8.self) else { throw .invalidUTF8 }
        return text
    }
}
