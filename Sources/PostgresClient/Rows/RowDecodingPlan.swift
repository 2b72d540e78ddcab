/// Reads rows as `Decodable` structures; made once for a result.
struct RowDecodingPlan {
    private let columns: RowColumns

    init(_ columns: RowColumns) {
        self.columns = columns
    }

    func decode<Value: Decodable>(_ type: Value.Type, from row: Row) throws(PostgresError) -> Value {
        do {
            return try Value(from: RowDecoder(row: row))
        } catch let error as PostgresError {
            throw error
        } catch let error as DecodingError {
            throw RowDecodingPlan.translate(error, type)
        } catch {
            throw PostgresError(.decodingFailed, "a row cannot be read as \(type): \(error)")
        }
    }

    private static func translate(_ error: DecodingError, _ type: Any.Type) -> PostgresError {
        let context: DecodingError.Context
        switch error {
        case .keyNotFound(let key, _):
            return PostgresError(
                .decodingFailed, "\(type) needs a column \"\(key.stringValue)\", which the result does not have")
        case .typeMismatch(_, let found), .valueNotFound(_, let found), .dataCorrupted(let found): context = found
        @unknown default: return PostgresError(.decodingFailed, "a row cannot be read as \(type): \(error)")
        }
        let path = context.codingPath.map(\.stringValue).joined(separator: ".")
        return PostgresError(
            .decodingFailed,
            "a row cannot be read as \(type)\(path.isEmpty ? "" : " at \(path)"): \(context.debugDescription)")
    }
}
