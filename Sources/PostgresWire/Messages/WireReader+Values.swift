extension WireReader {
    /// Reads an unsigned 16-bit count of items that take at least `size` bytes each.
    ///
    /// - Throws: ``WireError/invalidLength`` if so many cannot follow, so that the count may be reserved safely.
    mutating func readCount(ofAtLeast size: Int) throws(WireError) -> Int {
        let count = Int(try readUInt16())
        guard count <= remaining / size else { throw .invalidLength }
        return count
    }

    /// Reads a 16-bit format code.
    mutating func readFormat() throws(WireError) -> PostgresFormat {
        guard let format = PostgresFormat(rawValue: try readInt16()) else { throw .invalidValue }
        return format
    }

    /// Reads a 16-bit count and so many format codes.
    mutating func readFormats() throws(WireError) -> [PostgresFormat] {
        let count = try readCount(ofAtLeast: 2)
        var formats: [PostgresFormat] = []
        formats.reserveCapacity(count)
        for _ in 0..<count { formats.append(try readFormat()) }
        return formats
    }

    /// Reads a 32-bit length and so many bytes; the length -1, and no other negative one, is NULL.
    mutating func readValue() throws(WireError) -> [UInt8]? {
        let length = try readInt32()
        if length == -1 { return nil }
        guard length >= 0 else { throw .invalidLength }
        return try readBytes(Int(length))
    }

    /// Reads a 16-bit count and so many values.
    mutating func readValues() throws(WireError) -> [[UInt8]?] {
        let count = try readCount(ofAtLeast: 4)
        var values: [[UInt8]?] = []
        values.reserveCapacity(count)
        for _ in 0..<count { values.append(try readValue()) }
        return values
    }
}
