/// A vector of numbers of 16 bits, from and for the type `halfvec` of the extension pgvector.
///
/// Sent as text without a declared type: the number of the type differs from database to database, and the server
/// infers it.
///
/// ```swift
/// let embedding = PostgresHalfVector([1, 2.5, 0.1])
/// print(embedding.floats)  // [1.0, 2.5, 0.099975586]
/// ```
///
/// Source: pgvector, `src/halfvec.c` (`halfvec_send`, `halfvec_out`).
public struct PostgresHalfVector: Hashable, Sendable {
    /// The numbers as the bits of IEEE 754's binary16.
    public var bitPatterns: [UInt16]

    public init(bitPatterns: [UInt16]) {
        self.bitPatterns = bitPatterns
    }

    /// Makes a vector of the nearest numbers of 16 bits; one that is too large becomes an infinity, which the server
    /// refuses.
    public init(_ elements: [Float]) {
        bitPatterns = elements.map(HalfPrecision.bits)
    }

    /// The numbers, each exactly.
    public var floats: [Float] { bitPatterns.map(HalfPrecision.float) }
}

#if !((os(macOS) || targetEnvironment(macCatalyst)) && arch(x86_64))
    extension PostgresHalfVector {
        /// Makes a vector of these numbers.
        public init(_ elements: [Float16]) {
            bitPatterns = elements.map(\.bitPattern)
        }

        /// The numbers.
        public var elements: [Float16] { bitPatterns.map { Float16(bitPattern: $0) } }
    }
#endif

extension PostgresHalfVector {
    /// The vector as the server prints it: `[1,2.5,0.099975586]`.
    public var description: String { VectorText.describe(floats) }
}

extension PostgresHalfVector: PostgresUndeclared {
    public init(from reader: inout WireReader, type: PostgresOID, format: PostgresFormat) throws(WireError) {
        guard Self.canDecode(type, format: format) else { throw .typeMismatch }
        guard format == .binary else {
            self.init(try VectorText.decode(&reader) as [Float])
            return
        }
        let count = try VectorText.readCount(&reader, width: MemoryLayout<UInt16>.size)
        var bits: [UInt16] = []
        bits.reserveCapacity(count)
        for _ in 0..<count { bits.append(try reader.readUInt16()) }
        self.init(bitPatterns: bits)
    }
}
