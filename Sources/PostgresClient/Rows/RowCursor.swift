/// A row whose values are read by key, and the key that is expected next.
///
/// A synthesized initializer asks for its keys in the order of its properties, most often that of the columns: the
/// column after the last one found is looked at first.
final class RowCursor {
    let row: Row
    private let cells: RowCells
    private let keys: ColumnKeys
    private var next = 0

    init(_ cells: RowCells, _ keys: ColumnKeys) {
        row = cells.row
        self.cells = cells
        self.keys = keys
    }

    var allKeys: [String] { keys.keys }

    func contains(_ key: String) -> Bool {
        if case .none = keys.place(of: key, expectedAt: next) { false } else { true }
    }

    /// The column for a key.
    ///
    /// - Throws: ``PostgresError`` if there is none, or if there are two.
    func index(_ key: String) throws(PostgresError) -> Int {
        switch keys.place(of: key, expectedAt: next) {
        case .column(let index):
            next = index + 1
            return index
        case .none:
            let names = row.columns.descriptions.map { "\"\($0.name)\"" }.joined(separator: ", ")
            throw PostgresError(.decodingFailed, "there is no column for \"\(key)\"; the columns are \(names)")
        case .ambiguous(let first, let second):
            throw PostgresError(
                .decodingFailed,
                "columns \(first) and \(second), counted from 0, are both called \"\(key)\"; name them apart with AS")
        }
    }

    /// Whether a key's value is NULL; the key is expected again.
    func isNull(_ key: String) throws(PostgresError) -> Bool {
        let index = try index(key)
        next = index
        return try cells.isNull(index)
    }

    func decode<Value: PostgresDecodable>(_ index: Int, as type: Value.Type) throws(PostgresError) -> Value {
        try cells.decode(index, as: type)
    }

    func decode<Value: PostgresDecodable>(_ key: String, as type: Value.Type) throws(PostgresError) -> Value {
        try decode(index(key), as: type)
    }

    /// Reads an integer of a width that PostgreSQL does not have.
    func decodeNarrow<Value: FixedWidthInteger>(_ index: Int, as type: Value.Type) throws(PostgresError) -> Value {
        guard let value = Value(exactly: try decode(index, as: Int64.self)) else {
            throw row.failure(.outOfRange, index, type)
        }
        return value
    }

    /// Reads a value as any `Decodable` type: one that a column can be, a document, or one that wants a single value.
    func decode<Value: Decodable>(_ index: Int, decodable type: Value.Type) throws -> Value {
        let cell = row.columns.types[index]
        // A list is an array of the server's, but in a column of jsonb it is a document.
        if let decodable = type as? any PostgresDecodable.Type,
            decodable.canDecode(cell.type, format: cell.format) || !cell.type.isJSON
        {
            func open<Concrete: PostgresDecodable>(_ concrete: Concrete.Type) throws -> Value? {
                try decode(index, as: concrete) as? Value
            }
            if let value = try open(decodable) { return value }
        }
        if try cells.isNull(index) { throw row.failure(.unexpectedNull, index, type) }
        if cell.type.isJSON {
            let document = try decode(index, as: PostgresJSON.self)
            do {
                return try document.decode(type)
            } catch let error as DecodingError {
                throw PostgresError(
                    .decodingFailed,
                    "the document in \(row.columns.name(of: index)) of \(row.name) cannot be read as \(type)"
                        + RowDecodingPlan.reason(error))
            }
        }
        return try Value(from: CellDecoder(cursor: self, index: index))
    }

    /// Whether the value of a column, counted from 0, is NULL.
    func isNull(at index: Int) -> Bool { (try? cells.isNull(index)) ?? false }
}

extension PostgresOID {
    fileprivate var isJSON: Bool { self == .json || self == .jsonb }
}
