/// What precedes the elements of an array in binary.
///
/// Source: PostgreSQL, `src/backend/utils/adt/arrayfuncs.c` (`array_send`).
@usableFromInline
struct ArrayHeader {
    /// The dimensions, the outermost first; none for an empty array.
    @usableFromInline var dimensions: [ArrayDimension] = []
    /// The number of elements in all dimensions together.
    @usableFromInline var count = 0
    @usableFromInline var elementType: PostgresOID

    /// Reads a header, and checks that what is left could hold as many elements as it announces.
    @usableFromInline
    init(from reader: inout WireReader) throws(WireError) {
        let dimensionCount = try reader.readInt32()
        guard (0...Int32(ArrayDimension.maximumCount)).contains(dimensionCount) else { throw .invalidLength }
        let hasNull = try reader.readInt32()
        guard hasNull == 0 || hasNull == 1 else { throw .invalidValue }
        elementType = try reader.readOID()
        var count = dimensionCount == 0 ? 0 : 1
        for _ in 0..<dimensionCount {
            let length = Int(try reader.readInt32())
            let (product, overflow) = count.multipliedReportingOverflow(by: length)
            guard length >= 0, !overflow else { throw .invalidLength }
            count = product
            dimensions.append(ArrayDimension(length: length, lowerBound: Int(try reader.readInt32())))
        }
        // Even a NULL takes the four bytes of its length.
        guard count <= reader.remaining / MemoryLayout<Int32>.size else { throw .truncated }
        self.count = count
        // An array with a dimension of length 0 is empty, however long the others.
        if count == 0 { dimensions = [] }
        guard dimensions.allSatisfy(\.isValid) else { throw .invalidLength }
    }

    /// The elements' type in an array of type `type`: where that is known to be one of a built-in type's, what the header
    /// says can only be a domain over it.
    @usableFromInline
    func elementType(in type: PostgresOID) -> PostgresOID {
        elementType.isUserDefined ? type.elementType ?? elementType : elementType
    }

    /// Checks that the elements can stand in a flat Swift array.
    @usableFromInline
    func expectOneDimension() throws(WireError) {
        guard dimensions.count <= 1 else { throw .typeMismatch }
    }

    /// Writes the header of an array of one dimension, or of an empty one.
    static func encode(count: Int, hasNull: Bool, elementType: PostgresOID, into writer: inout WireWriter) {
        let dimensions = count == 0 ? [] : [ArrayDimension(length: count)]
        encode(dimensions, hasNull: hasNull, elementType: elementType, into: &writer)
    }

    static func encode(
        _ dimensions: [ArrayDimension], hasNull: Bool, elementType: PostgresOID, into writer: inout WireWriter
    ) {
        writer.write(Int32(truncatingIfNeeded: dimensions.count))
        writer.write(hasNull ? 1 : 0 as Int32)
        writer.write(elementType)
        for dimension in dimensions {
            guard let length = Int32(exactly: dimension.length), let lowerBound = Int32(exactly: dimension.lowerBound)
            else { return writer.fail(.tooLarge) }
            writer.write(length)
            writer.write(lowerBound)
        }
    }
}
