/// An array as the server has it: up to six dimensions, each with a lower bound, and the elements in row-major order.
///
/// NULLs among the elements need an optional element type. For one dimension whose bounds do not matter, a Swift array
/// serves as well.
///
/// ```swift
/// let board = PostgresArray(rows: [[1, 2, 3], [4, 5, 6]])
/// print(board?.description ?? "rows of several lengths")  // {{1,2,3},{4,5,6}}
/// print(board?[2, 1] ?? 0)  // 4
/// ```
///
/// Source: PostgreSQL manual, "Arrays"; `src/backend/utils/adt/arrayfuncs.c` (`array_send`, `array_out`).
public struct PostgresArray<Element> {
    /// The elements, those of the last dimension side by side.
    public let elements: [Element]

    /// The dimensions, the outermost first; none if there are no elements.
    public let dimensions: [ArrayDimension]

    /// Makes an array of one dimension, or an empty one.
    ///
    /// - Parameters:
    ///   - elements: The elements.
    ///   - lowerBound: The index of the first; with one that leaves an index beyond 32 bits, the array begins at 1.
    public init(_ elements: [Element], lowerBound: Int = 1) {
        let dimension = ArrayDimension(length: elements.count, lowerBound: lowerBound)
        self.init(checked: elements, [dimension.isValid ? dimension : ArrayDimension(length: elements.count)])
    }

    /// Makes an array of any number of dimensions.
    ///
    /// - Returns: nil if there are more than six, if a bound is beyond 32 bits, or if there are not as many elements as
    ///   the dimensions' lengths make.
    public init?(_ elements: [Element], dimensions: [ArrayDimension]) {
        guard ArrayDimension.count(dimensions) == elements.count else { return nil }
        self.init(checked: elements, dimensions)
    }

    /// Makes an array of two dimensions; nil if the rows are not of one length.
    public init?(rows: [[Element]]) {
        let length = rows.first?.count ?? 0
        guard rows.allSatisfy({ $0.count == length }) else { return nil }
        self.init(
            rows.flatMap(\.self), dimensions: [ArrayDimension(length: rows.count), ArrayDimension(length: length)])
    }

    /// Takes what fits together.
    init(checked elements: [Element], _ dimensions: [ArrayDimension]) {
        self.elements = elements
        self.dimensions = elements.isEmpty ? [] : dimensions
    }

    /// The elements of an array of two dimensions, row by row; nil for other than two, except that there may be none.
    public var rows: [[Element]]? {
        if elements.isEmpty { return [] }
        guard dimensions.count == 2, let length = dimensions.last?.length else { return nil }
        var rest = elements[...]
        var rows: [[Element]] = []
        while !rest.isEmpty {
            rows.append(Array(rest.prefix(length)))
            rest = rest.dropFirst(length)
        }
        return rows
    }

    /// The element at these indices, one per dimension, each counted from its lower bound; nil where there is none, as on
    /// the server.
    public subscript(indices: Int...) -> Element? {
        guard indices.count == dimensions.count, !elements.isEmpty else { return nil }
        var offset = 0
        for (index, dimension) in zip(indices, dimensions) {
            let (position, overflow) = index.subtractingReportingOverflow(dimension.lowerBound)
            guard !overflow, (0..<dimension.length).contains(position) else { return nil }
            offset = offset * dimension.length + position
        }
        return elements[offset]
    }

    /// An array of the same dimensions, its elements made from this one's.
    public func map<Other, Failure: Error>(
        _ transform: (Element) throws(Failure) -> Other
    ) throws(Failure) -> PostgresArray<Other> {
        PostgresArray<Other>(checked: try elements.map(transform), dimensions)
    }
}

extension PostgresArray: Sendable where Element: Sendable {}
extension PostgresArray: Equatable where Element: Equatable {}
extension PostgresArray: Hashable where Element: Hashable {}

extension PostgresArray: ExpressibleByArrayLiteral {
    public init(arrayLiteral elements: Element...) {
        self.init(elements)
    }
}
