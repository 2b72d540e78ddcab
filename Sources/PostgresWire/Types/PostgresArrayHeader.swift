/// What precedes the elements of an array in binary.
///
/// Source: PostgreSQL, `src/backend/utils/adt/arrayfuncs.c` (`array_send`).
@usableFromInline
struct PostgresArrayHeader {
    /// The length of each dimension, the outermost first; none for an empty array.
    @usableFromInline var dimensions: [Int] = []
    /// The number of elements in all dimensions together.
    @usableFromInline var count = 0
    @usableFromInline var elementType: PostgresOID

    /// The most dimensions that the server's arrays have (`MAXDIM`).
    static let maximumDimensions = 6

    /// Reads a header, and checks that what is left could hold as many elements as it announces.
    @usableFromInline
    init(from reader: inout WireReader) throws(WireError) {
        let dimensionCount = try reader.readInt32()
        guard (0...Int32(Self.maximumDimensions)).contains(dimensionCount) else { throw .invalidLength }
        let hasNull = try reader.readInt32()
        guard hasNull == 0 || hasNull == 1 else { throw .invalidValue }
        elementType = try reader.readOID()
        guard dimensionCount > 0 else { return }
        count = 1
        for _ in 0..<dimensionCount {
            let length = Int(try reader.readInt32())
            // The index of the first element; Swift's arrays have none.
            _ = try reader.readInt32()
            let (product, overflow) = count.multipliedReportingOverflow(by: length)
            guard length >= 0, !overflow else { throw .invalidLength }
            dimensions.append(length)
            count = product
        }
        // Even a NULL takes the four bytes of its length.
        guard count <= reader.remaining / MemoryLayout<Int32>.size else { throw .truncated }
    }

    /// Checks that the elements can stand in a flat Swift array.
    @usableFromInline
    func expectOneDimension() throws(WireError) {
        guard dimensions.count <= 1 else { throw .typeMismatch }
    }

    /// Writes the header of an array of one dimension, or of an empty one.
    static func encode(count: Int, hasNull: Bool, elementType: PostgresOID, into writer: inout WireWriter) {
        writer.write(count == 0 ? 0 : 1 as Int32)
        writer.write(hasNull ? 1 : 0 as Int32)
        writer.write(elementType)
        guard count > 0 else { return }
        guard let length = Int32(exactly: count) else { return writer.fail(.tooLarge) }
        writer.write(length)
        writer.write(1 as Int32)
    }
}
