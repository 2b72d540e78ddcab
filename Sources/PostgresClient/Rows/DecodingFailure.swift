/// Which column could not be read, and why; two words, so that recording it costs the hot path nothing.
@frozen
@usableFromInline
struct DecodingFailure: Error {
    @usableFromInline let reason: WireError
    @usableFromInline let column: Int

    @inlinable
    init(_ reason: WireError, column: Int) {
        self.reason = reason
        self.column = column
    }

    /// The same in words: the column, its type, the Swift type, the row, counted from 0.
    @usableFromInline
    func error(_ columns: RowColumns, row: Int?, _ type: Any.Type) -> PostgresError {
        let place = row.map { " in row \($0)" } ?? ""
        guard columns.descriptions.indices.contains(column) else {
            return PostgresError(.decodingFailed, "the values\(place) are malformed: \(reason)")
        }
        let description = columns.descriptions[column]
        let name = "column \(column + 1) \"\(description.name)\" of type \(description.typeOID)"
        let message =
            switch reason {
            case .unexpectedNull: "\(name) is NULL\(place), but \(type) has no room for it; read it as \(type)?"
            case .typeMismatch: "\(name)\(place) cannot be read as \(type)"
            case .outOfRange: "the value of \(name)\(place) does not fit into \(type)"
            default: "\(name)\(place) cannot be read as \(type): \(reason)"
            }
        return PostgresError(.decodingFailed, message)
    }
}
