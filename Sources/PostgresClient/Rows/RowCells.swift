/// The values of a row, whose places in its bytes were found once.
///
/// ``Row/subscript(_:)-(Int)`` passes over the values before the one it reads. With these, reading every value of a row
/// takes time in proportion to the row, however many columns it has.
///
/// ```swift
/// for row in try db.query("TABLE measurements") {
///     let cells = try row.cells()
///     for index in 0..<cells.count where !(try cells.isNull(index)) { print(try cells[index]) }
/// }
/// ```
public struct RowCells: Sendable {
    /// The row.
    public let row: Row
    private let places: [Row.Place]

    init(_ row: Row) throws(PostgresError) {
        self.row = row
        places = try row.places()
    }

    /// The number of columns.
    public var count: Int { places.count }

    private func place(_ index: Int) throws(PostgresError) -> Row.Place {
        guard places.indices.contains(index) else { throw row.noColumn(index) }
        return places[index]
    }

    /// The value of a column, counted from 0.
    ///
    /// - Throws: ``PostgresError/Code-swift.struct/decodingFailed`` if there is no such column, or its bytes are malformed.
    public subscript(index: Int) -> PostgresValue {
        get throws(PostgresError) { try row.value(place(index), index) }
    }

    /// Whether the value of a column, counted from 0, is NULL.
    ///
    /// - Throws: ``PostgresError/Code-swift.struct/decodingFailed`` if there is no such column.
    public func isNull(_ index: Int) throws(PostgresError) -> Bool { try place(index).isNull }

    /// Reads the value of a column, counted from 0.
    ///
    /// - Throws: ``PostgresError/Code-swift.struct/decodingFailed``, which names the column, its type, the Swift type and
    ///   the row.
    public func decode<Value: PostgresDecodable>(
        _ index: Int, as type: Value.Type = Value.self
    ) throws(PostgresError) -> Value {
        try row.decode(place(index), of: index, as: type)
    }
}

extension Row {
    /// Finds all values of the row at once, for whoever wants to read most of them, in any order.
    ///
    /// - Throws: ``PostgresError/Code-swift.struct/decodingFailed`` if the row is malformed.
    public func cells() throws(PostgresError) -> RowCells { try RowCells(self) }
}
