/// One dimension of an array: how long it is, and the index of its first element.
///
/// ```swift
/// let dimension = ArrayDimension(length: 3, lowerBound: 0)  // [0:2]
/// ```
///
/// Source: PostgreSQL manual, "Arrays".
public struct ArrayDimension: Hashable, Codable, Sendable {
    /// The number of elements along this dimension.
    public var length: Int
    /// The index of the first of them, 1 unless the array says otherwise.
    public var lowerBound: Int

    public init(length: Int, lowerBound: Int = 1) {
        self.length = length
        self.lowerBound = lowerBound
    }

    /// The most dimensions that the server's arrays have (`MAXDIM`).
    static let maximumCount = 6

    /// Whether a server's array may have it: the index after the last one has to fit 32 bits.
    var isValid: Bool {
        guard length >= 0, let length = Int32(exactly: length), let lowerBound = Int32(exactly: lowerBound)
        else { return false }
        return !lowerBound.addingReportingOverflow(length).overflow
    }

    /// How many elements there are in dimensions of these lengths; nil if a server's array could not have them.
    static func count(_ dimensions: [ArrayDimension]) -> Int? {
        guard dimensions.count <= maximumCount else { return nil }
        var count = dimensions.isEmpty ? 0 : 1
        for dimension in dimensions {
            let (product, overflow) = count.multipliedReportingOverflow(by: dimension.length)
            guard dimension.isValid, !overflow else { return nil }
            count = product
        }
        return count
    }
}
