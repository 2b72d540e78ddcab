extension PostgresTSVector: PostgresArrayEncodable, PostgresArrayDecodable {
    public static var arrayType: PostgresOID { .tsvectorArray }
    public var postgresType: PostgresOID { .tsvector }
    public var postgresFormat: PostgresFormat { .binary }

    /// The most positions that the server takes for one lexeme.
    private static let maximumPositionCount = 256

    public func encode(into writer: inout WireWriter) {
        guard let count = Int32(exactly: lexemes.count) else { return writer.fail(.tooLarge) }
        writer.write(count)
        for lexeme in lexemes {
            writer.writeCString(lexeme.text)
            guard lexeme.positions.count <= Self.maximumPositionCount else { return writer.fail(.tooLarge) }
            writer.write(count: lexeme.positions.count)
            for position in lexeme.positions { writer.write(position.weight.rawValue << 14 | position.index) }
        }
    }

    public static func canDecode(_ type: PostgresOID, format: PostgresFormat) -> Bool { type == .tsvector }

    public init(from reader: inout WireReader, type: PostgresOID, format: PostgresFormat) throws(WireError) {
        guard type == .tsvector else { throw .typeMismatch }
        guard format == .binary else {
            self = try Self.decodeText(&reader)
            return
        }
        let count = try reader.readInt32()
        // The least a lexeme takes is the end of its text and the number of its positions.
        guard count >= 0 else { throw .invalidLength }
        guard Int(count) <= reader.remaining / 3 else { throw .truncated }
        var lexemes: [Lexeme] = []
        lexemes.reserveCapacity(Int(count))
        for _ in 0..<count {
            let text = try reader.readValidCString()
            let positionCount = Int(try reader.readUInt16())
            guard positionCount <= Self.maximumPositionCount else { throw .invalidLength }
            guard positionCount <= reader.remaining / 2 else { throw .truncated }
            var positions: [Position] = []
            positions.reserveCapacity(positionCount)
            for _ in 0..<positionCount {
                let word = try reader.readUInt16()
                guard let weight = Weight(rawValue: word >> 14) else { throw .invalidValue }
                let position = Position(word & Self.maximumPosition, weight: weight)
                if let last = positions.last, position.index <= last.index { throw .invalidValue }
                positions.append(position)
            }
            lexemes.append(Lexeme(text, sorted: positions))
        }
        try reader.expectEnd()
        try self.init(received: lexemes)
    }
}

extension WireReader {
    /// Reads text and the NUL after it.
    ///
    /// - Throws: ``WireError/invalidUTF8`` if it is not UTF-8, ``WireError/truncated`` if no NUL follows.
    mutating func readValidCString() throws(WireError) -> String {
        let available = remaining
        var length = 0
        while length < available, unsafe pointer.load(fromByteOffset: length, as: UInt8.self) != 0 { length += 1 }
        guard length < available else { throw .truncated }
        let text = try readString(length)
        try skip(1)
        return text
    }
}
