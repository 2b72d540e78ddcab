/// A vector of which few numbers are not 0, from and for the type `sparsevec` of the extension pgvector.
///
/// Sent as text without a declared type: the number of the type differs from database to database, and the server
/// infers it.
///
/// ```swift
/// let embedding = PostgresSparseVector(dimensions: 5, [(0, 1), (2, 2.5)])
/// print(embedding?.description ?? "an index is too high")  // {1:1,3:2.5}/5
/// ```
///
/// Source: pgvector, `src/sparsevec.c` (`sparsevec_send`, `sparsevec_out`).
public struct PostgresSparseVector: Hashable, Sendable {
    /// How long the vector is, with its zeros.
    public let dimensions: Int32
    /// Where the numbers stand that are not 0, counted from 0, in ascending order.
    public let indices: [Int32]
    /// These numbers.
    public let values: [Float]

    /// Makes a vector of numbers and their places, which are counted from 0 and may come in any order.
    ///
    /// - Returns: nil if an index occurs twice or is not below `dimensions`.
    public init?(dimensions: Int32, _ elements: [(index: Int32, value: Float)]) {
        let sorted = elements.sorted { $0.index < $1.index }
        guard dimensions >= 0, Self.areValid(sorted.map(\.index), dimensions) else { return nil }
        self.init(dimensions, sorted.map(\.index), sorted.map(\.value))
    }

    /// Makes a vector of all its numbers.
    public init(_ elements: [Float]) {
        let present = elements.enumerated().filter { $0.element != 0 }
        self.init(
            Int32(clamping: elements.count), present.map { Int32(clamping: $0.offset) }, present.map(\.element))
    }

    private init(_ dimensions: Int32, _ indices: [Int32], _ values: [Float]) {
        self.dimensions = dimensions
        self.indices = indices
        self.values = values
    }

    private static func areValid(_ indices: [Int32], _ dimensions: Int32) -> Bool {
        zip(indices, indices.dropFirst()).allSatisfy { $0 < $1 } && (indices.first ?? 0) >= 0
            && (indices.last ?? -1) < dimensions
    }
}

extension PostgresSparseVector {
    /// The vector as the server prints it, which counts from 1: `{1:1,3:2.5}/5`.
    public var description: String {
        let elements = zip(indices, values).map { "\(Int($0) + 1):\(PostgresFloatText.describe($1))" }
        return "{" + elements.joined(separator: ",") + "}/\(dimensions)"
    }
}

extension PostgresSparseVector: PostgresUndeclared {
    public init(from reader: inout WireReader, type: PostgresOID, format: PostgresFormat) throws(WireError) {
        guard Self.canDecode(type, format: format) else { throw .typeMismatch }
        var indices: [Int32] = []
        var values: [Float] = []
        let dimensions: Int32
        switch format {
        case .binary:
            dimensions = try reader.readInt32()
            let count = try reader.readInt32()
            guard dimensions >= 0, count >= 0 else { throw .invalidLength }
            guard try reader.readInt32() == 0 else { throw .invalidValue }
            guard Int(count) <= reader.remaining / 8 else { throw .truncated }
            for _ in 0..<count { indices.append(try reader.readInt32()) }
            for _ in 0..<count { values.append(try reader.readFloat()) }
            try reader.expectEnd()
        case .text:
            var scanner = PostgresTextCursor(&reader)
            try scanner.expect(UInt8(ascii: "{"))
            if !scanner.accept(UInt8(ascii: "}")) {
                repeat {
                    let number = try scanner.readNumber(Int(Int32.max))
                    indices.append(Int32(clamping: number - 1))
                    try scanner.expect(UInt8(ascii: ":"))
                    values.append(try VectorText.readFloat(&scanner))
                } while scanner.accept(UInt8(ascii: ","))
                try scanner.expect(UInt8(ascii: "}"))
            }
            try scanner.expect(UInt8(ascii: "/"))
            dimensions = Int32(clamping: try scanner.readNumber(Int(Int32.max)))
            try scanner.expectEnd()
        }
        guard Self.areValid(indices, dimensions) else { throw .invalidValue }
        self.init(dimensions, indices, values)
    }
}
