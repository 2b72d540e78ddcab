/// The fixed parts of COPY's binary format.
///
/// Source: PostgreSQL manual, "COPY", "Binary Format".
public enum CopyBinary {
    /// The bytes by which the format is known: `PGCOPY`, and those that a transfer as text would spoil.
    public static let signature: [UInt8] = Array("PGCOPY\n".utf8) + [0xFF, 0x0D, 0x0A, 0x00]

    /// What comes before the first row: the signature, no flags and no extension.
    public static let header: [UInt8] = signature + [UInt8](repeating: 0, count: 8)

    /// What comes after the last row: -1 where the number of columns would be.
    public static let trailer: [UInt8] = [0xFF, 0xFF]

    /// Passes over what comes before the first row.
    ///
    /// - Throws: ``WireError/invalidValue`` for other bytes, and for flags that change what follows (of which the row
    ///   identifiers of old servers are one); ``WireError/truncated`` if there are too few.
    @inlinable
    public static func readHeader(from reader: inout WireReader) throws(WireError) {
        for byte in signature {
            guard try reader.readUInt8() == byte else { throw .invalidValue }
        }
        // A reader may ignore the lower half only.
        guard try reader.readUInt32() >> 16 == 0 else { throw .invalidValue }
        let length = try reader.readInt32()
        guard length >= 0 else { throw .invalidLength }
        try reader.skip(Int(length))
    }
}
