extension PostgresTSVector: CustomStringConvertible {
    /// The vector as the server prints it: `'cat':3 'fat':2A`.
    public var description: String {
        var writer = WireWriter()
        for (index, lexeme) in lexemes.enumerated() {
            if index > 0 { writer.write(UInt8(ascii: " ")) }
            writer.write(quoted: lexeme.text.utf8, UInt8(ascii: "'"))
            for (index, position) in lexeme.positions.enumerated() {
                writer.write(UInt8(ascii: index == 0 ? ":" : ","))
                writer.write(utf8: String(position.index))
                switch position.weight {
                case .a: writer.write(UInt8(ascii: "A"))
                case .b: writer.write(UInt8(ascii: "B"))
                case .c: writer.write(UInt8(ascii: "C"))
                case .d: break
                }
            }
        }
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    static func decodeText(_ reader: inout WireReader) throws(WireError) -> PostgresTSVector {
        var scanner = PostgresTextCursor(&reader)
        var lexemes: [Lexeme] = []
        while !scanner.isAtEnd {
            if !lexemes.isEmpty { try scanner.expect(UInt8(ascii: " ")) }
            try scanner.expect(UInt8(ascii: "'"))
            let bytes = try scanner.readQuoted(UInt8(ascii: "'"))
            guard let text = String(validating: bytes, as: UTF8.self) else { throw .invalidUTF8 }
            var positions: [Position] = []
            if scanner.accept(UInt8(ascii: ":")) {
                repeat {
                    positions.append(try decodePosition(&scanner, after: positions.last))
                } while scanner.accept(UInt8(ascii: ","))
            }
            lexemes.append(Lexeme(text, sorted: positions))
        }
        return try PostgresTSVector(received: lexemes)
    }

    private static func decodePosition(
        _ scanner: inout PostgresTextCursor, after last: Position?
    ) throws(WireError) -> Position {
        let number = try scanner.readNumber(Int(maximumPosition))
        guard let index = UInt16(exactly: number) else { throw .outOfRange }
        if let last, index <= last.index { throw .invalidValue }
        let weight: Weight
        if scanner.accept(UInt8(ascii: "A")) {
            weight = .a
        } else if scanner.accept(UInt8(ascii: "B")) {
            weight = .b
        } else {
            weight = scanner.accept(UInt8(ascii: "C")) ? .c : .d
        }
        return Position(index, weight: weight)
    }
}
