import Synchronization

/// The columns of a result, shared by all its rows.
public final class RowColumns: Sendable {
    /// The columns in order; their `format` is the one that the values are in.
    public let descriptions: [ColumnDescription]

    /// Their types and formats.
    @usableFromInline let types: [ColumnType]

    let keyCache = Mutex<[ColumnKeyStrategy: ColumnKeys]>([:])

    private let planCache = Mutex<(tuple: ObjectIdentifier, plan: TuplePlan)?>(nil)

    /// Where the types of this database's own are told; nil if no column is of one.
    private let directory: TypeDirectory?

    init(_ descriptions: [ColumnDescription], _ directory: TypeDirectory? = nil) {
        self.descriptions = descriptions
        types = descriptions.map(ColumnType.init)
        self.directory = descriptions.allSatisfy { $0.typeOID.isBuiltIn } ? nil : directory
    }

    /// What is known of the types that are not built in.
    var catalog: PostgresTypeCatalog? { directory?.catalog }

    /// What a column's values are read as by `Value`: where that is known, an array of a domain is read as one of the
    /// domain's base. Asked each time, since statements live longer than what is known of types.
    ///
    /// - Returns: nil if they cannot be.
    func cell<Value: PostgresDecodable>(_ index: Int, for _: Value.Type) -> ColumnType? {
        var cell = types[index]
        if let directory, cell.type.isUserDefined, let builtIn = directory.builtInType(like: cell.type) {
            cell = ColumnType(builtIn, cell.format)
        }
        return Value.canDecode(cell.type, format: cell.format) ? cell : nil
    }

    /// How rows are read as such a tuple, as it was found out before.
    ///
    /// - Returns: nil if it was not, or depends on types of which more may be known by now.
    func plan(for tuple: ObjectIdentifier) -> TuplePlan? {
        planCache.withLock { cached in
            guard let cached, cached.tuple == tuple else { return nil }
            return cached.plan
        }
    }

    func keep(_ plan: TuplePlan, for tuple: ObjectIdentifier) {
        guard directory == nil else { return }
        planCache.withLock { $0 = (tuple, plan) }
    }

    /// The types that are not known, if there are any.
    var unknownTypes: [PostgresOID]? { ownTypes { $0.lacks($1) } }

    /// The types, if any of them is not known, and nobody has found out yet that the server does not know it either.
    var unaskedTypes: [PostgresOID]? { ownTypes { $0.isToBeAsked(for: $1) } }

    private func ownTypes(_ isNeeded: (TypeDirectory, [PostgresOID]) -> Bool) -> [PostgresOID]? {
        guard let directory else { return nil }
        let own = types.map(\.type).filter(\.isUserDefined)
        return isNeeded(directory, own) ? own : nil
    }

    /// The same columns with their values in this format.
    func with(_ format: PostgresFormat) -> RowColumns {
        let described = descriptions.map { column in
            var column = column
            column.format = format
            return column
        }
        return RowColumns(described, directory)
    }

    static let none = RowColumns([])

    /// The number of columns.
    public var count: Int { descriptions.count }

    /// The places at which columns have this name, compared byte by byte.
    public func indices(named name: String) -> [Int] {
        descriptions.indices.filter { descriptions[$0].name.utf8.elementsEqual(name.utf8) }
    }

    /// The place of the only column with this name.
    ///
    /// - Throws: ``PostgresError/Code-swift.struct/decodingFailed`` if there is none or more than one.
    public func index(named name: String) throws(PostgresError) -> Int {
        var found: Int?
        for index in descriptions.indices where descriptions[index].name.utf8.elementsEqual(name.utf8) {
            if let found {
                throw PostgresError(
                    .decodingFailed,
                    "columns \(found) and \(index), counted from 0, are both called \"\(name)\"; "
                        + "read them by number or name them apart with AS"
                )
            }
            found = index
        }
        guard let found else {
            let names = descriptions.map { "\"\($0.name)\"" }.joined(separator: ", ")
            throw PostgresError(.decodingFailed, "there is no column \"\(name)\"; the columns are \(names)")
        }
        return found
    }

    /// What is wrong with a row that has another number of columns; reads the number.
    func mismatch(_ row: inout WireReader) -> PostgresError? {
        guard let count = try? row.readUInt16(), Int(count) == descriptions.count else {
            return PostgresError(
                .protocolViolation,
                "the server sent a row that has not the \(descriptions.count) columns that it described")
        }
        return nil
    }
}
