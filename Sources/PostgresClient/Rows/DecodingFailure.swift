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

    /// The same in words: the column, its type, the Swift type, the row; columns and rows are counted from
    /// 0, as `row[0]` and `rows[0]` are.
    @usableFromInline
    func error(_ columns: RowColumns, row: Int?, _ type: Any.Type) -> PostgresError {
        let place = row.map { " in row \($0)" } ?? ""
        guard columns.descriptions.indices.contains(column) else {
            return PostgresError(.decodingFailed, "the values\(place) are malformed: \(reason)")
        }
        let name = "\(columns.name(of: column)) of type \(columns.typeName(of: column))"
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

extension RowColumns {
    /// A column in an error: its place, counted from 0, and its name.
    func name(of index: Int) -> String {
        descriptions.indices.contains(index) ? "column \(index) (\"\(descriptions[index].name)\")" : "column \(index)"
    }

    /// A column's type in an error: that of one of this database's own by name if it was looked up.
    func typeName(of index: Int) -> String {
        guard descriptions.indices.contains(index) else { return "unknown" }
        let type = descriptions[index].typeOID
        return catalog?[type].map { "\($0.schema).\($0.name)" } ?? type.description
    }
}
