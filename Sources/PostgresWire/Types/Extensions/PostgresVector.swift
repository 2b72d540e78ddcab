/// A vector of numbers of 32 bits, from and for the type `vector` of the extension pgvector.
///
/// Sent as text without a declared type: the number of the type differs from database to database, and the server
/// infers it.
///
/// ```swift
/// let embedding: PostgresVector = [1, 2.5, 3]
/// print(embedding)  // [1,2.5,3]
/// ```
///
/// Source: pgvector, `src/vector.c` (`vector_send`, `vector_out`).
public struct PostgresVector: Hashable, Sendable {
    /// The numbers.
    public var elements: [Float]

    public init(_ elements: [Float]) {
        self.elements = elements
    }
}

extension PostgresVector: ExpressibleByArrayLiteral {
    public init(arrayLiteral elements: Float...) {
        self.init(elements)
    }
}

extension PostgresVector {
    /// The vector as the server prints it: `[1,2.5,3]`.
    public var description: String { VectorText.describe(elements) }
}

extension PostgresVector: PostgresUndeclared {
    public init(from reader: inout WireReader, type: PostgresOID, format: PostgresFormat) throws(WireError) {
        guard Self.canDecode(type, format: format) else { throw .typeMismatch }
        switch format {
        case .binary:
            let count = try VectorText.readCount(&reader, width: MemoryLayout<Float>.size)
            elements = []
            elements.reserveCapacity(count)
            for _ in 0..<count { elements.append(try reader.readFloat()) }
        case .text: elements = try VectorText.decode(&reader)
        }
    }
}
