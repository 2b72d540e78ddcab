/// The result of a query, received whole: its bytes, and where the rows are in them.
///
/// Values are read from the bytes when asked for. Slicing, keeping and sending rows elsewhere copies nothing.
///
/// ```swift
/// let rows = try db.query("SELECT id, name FROM users")
/// for row in rows {
///     let (id, name) = try row.decode((Int64, String).self)
///     print(id, name)
/// }
/// ```
public struct Rows: Sendable, RandomAccessCollection {
    /// Where a row's values begin: with their number, in one of the buffers.
    struct Place: Sendable {
        var chunk: UInt32
        var offset: UInt32
    }

    /// DataRow's type byte and length.
    static let headerLength = 5

    /// The columns.
    public let columns: RowColumns

    /// What the server says it did, as `SELECT 5`; nil if it says nothing.
    public let commandTag: CommandTag?

    /// The number of the first row, for errors: in a stream others came before.
    var firstNumber = 0

    private let chunks: [[UInt8]]
    private let places: ArraySlice<Place>

    init(columns: RowColumns, commandTag: CommandTag?, chunks: [[UInt8]], places: ArraySlice<Place>) {
        self.columns = columns
        self.commandTag = commandTag
        self.chunks = chunks
        self.places = places
    }

    public var startIndex: Int { 0 }
    public var endIndex: Int { places.count }

    /// The row at a place from 0 to `count - 1`.
    public subscript(position: Int) -> Row {
        let place = places[places.startIndex + position]
        return Row(
            bytes: chunks[Int(place.chunk)], offset: Int(place.offset), number: firstNumber + position, columns: columns
        )
    }

    /// Reads every row as a tuple, a value for each column.
    ///
    /// - Throws: ``PostgresError/Code-swift.struct/decodingFailed`` if the columns are more or fewer, or a value does not fit; it names the
    ///   column, both types and the row.
    public func decode<each Value: PostgresDecodable>(
        _ type: (repeat each Value).Type
    ) throws(PostgresError) -> [(repeat each Value)] {
        let plan = try TuplePlan((repeat each Value).self, columns)
        var values: [(repeat each Value)] = []
        values.reserveCapacity(count)
        for (index, bytes) in chunks.enumerated() {
            // The rows of one buffer follow one another.
            let first = values.count
            let rest = places.dropFirst(first)
            let batch = RowBatch(bytes: bytes, places: Array(rest.prefix { Int($0.chunk) == index }))
            if let (failure, row) = plan.append(batch, to: &values) {
                throw plan.error(failure, columns, row: firstNumber + first + row)
            }
        }
        return values
    }

    /// Reads the only column of every row.
    ///
    /// - Throws: As the method above.
    public func decode<Value: PostgresDecodable>(_ type: Value.Type) throws(PostgresError) -> [Value] {
        func tuples<each Element: PostgresDecodable>(
            _ type: (repeat each Element).Type
        ) throws(PostgresError) -> [(repeat each Element)] { try decode(type) }
        return try tuples(type)
    }

    /// Reads every row as a structure, by the columns' names.
    ///
    /// - Parameter keys: How the names of properties are found among those of the columns.
    /// - Throws: ``PostgresError/Code-swift.struct/decodingFailed``, which names the property or the column, and the row.
    @_disfavoredOverload
    public func decode<Value: Decodable>(
        _ type: Value.Type, keys: ColumnKeyStrategy = .exact
    ) throws(PostgresError) -> [Value] {
        let plan = RowDecodingPlan(columns, keys)
        var values: [Value] = []
        values.reserveCapacity(count)
        for row in self { values.append(try plan.decode(type, from: row)) }
        return values
    }
}

extension Rows: CustomStringConvertible, CustomReflectable {
    /// How many rows there are, and of which columns; the values are left to whoever asks for them.
    public var description: String {
        let names = columns.descriptions.map(\.name).joined(separator: ", ")
        return "\(count) row\(count == 1 ? "" : "s") of (\(names))"
    }

    public var customMirror: Mirror { Mirror(self, unlabeledChildren: Array(self)) }
}
