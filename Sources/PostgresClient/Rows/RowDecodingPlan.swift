/// Reads rows as `Decodable` structures; made once for a result.
struct RowDecodingPlan {
    private let keys: ColumnKeys

    init(_ columns: RowColumns, _ strategy: ColumnKeyStrategy) {
        keys = columns.keys(strategy)
    }

    func decode<Value: Decodable>(_ type: Value.Type, from row: Row) throws(PostgresError) -> Value {
        let cells = try row.cells()
        do {
            return try Value(from: RowDecoder(RowCursor(cells, keys)))
        } catch let error as PostgresError {
            throw error
        } catch let error as DecodingError {
            throw PostgresError(.decodingFailed, "\(row.name) cannot be read as \(type)" + Self.reason(error))
        } catch {
            throw PostgresError(.decodingFailed, "\(row.name) cannot be read as \(type): \(error)")
        }
    }

    /// What a `DecodingError` says, after the name of the type that it is about.
    static func reason(_ error: DecodingError) -> String {
        let context: DecodingError.Context
        switch error {
        case .keyNotFound(let key, let found):
            let path = Self.path(found.codingPath)
            return "\(path.isEmpty ? "" : " at \(path)"): there is nothing called \"\(key.stringValue)\""
        case .typeMismatch(_, let found), .valueNotFound(_, let found), .dataCorrupted(let found): context = found
        @unknown default: return ": \(error)"
        }
        let path = Self.path(context.codingPath)
        return "\(path.isEmpty ? "" : " at \(path)"): \(context.debugDescription)"
    }

    private static func path(_ keys: [any CodingKey]) -> String {
        keys.map { $0.intValue.map { "[\($0)]" } ?? $0.stringValue }.joined(separator: ".")
    }
}
