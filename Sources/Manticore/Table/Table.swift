/// A table, and what is done with its rows.
///
/// ```swift
/// let users = Table("users", in: db)
/// let ann = try users.create(["name": "Ann", "age": 30])
/// let adults = try users.list(where: .sql("age >= \(18)"), orderBy: "name")
/// try db.transaction { tx in try users.using(tx).deleteWhere(["active": false]) }
/// ```
public struct Table<Provider: ConnectionProvider> {
    /// The table's name.
    public let name: Identifier
    /// The column that tells rows apart.
    public let key: String

    @usableFromInline let provider: Provider

    /// Names a table; asks the server nothing.
    ///
    /// - Parameters:
    ///   - name: The table; a `String` is one name, `Identifier("audit", "log")` is schema and table.
    ///   - provider: The database, a transaction or a connection.
    ///   - key: The column that tells rows apart.
    public init(_ name: some IdentifierConvertible, in provider: Provider, key: String = "id") {
        self.name = name.identifier
        self.key = key
        self.provider = provider
    }

    /// The same table within a transaction, or over another connection.
    public func using<Other: ConnectionProvider>(_ other: Other) -> Table<Other> {
        Table<Other>(name, in: other, key: key)
    }

    private func keyed(_ id: any PostgresEncodable) -> Where {
        var values = Values()
        values[key] = id
        return Where(values)
    }

    private func missing(_ id: any PostgresEncodable) -> PostgresError {
        PostgresError(.noRows, "\(name): no row has this \(key)")
    }

    /// Inserts a row and returns it.
    @available(*, noasync, message: "in async code write `try await`; in main.swift put it inside a function")
    @discardableResult
    public func create(_ values: Values) throws(PostgresError) -> Row {
        try provider.insert(name, values)
    }

    /// The async form of the method above.
    @discardableResult
    public func create(_ values: Values) async throws(PostgresError) -> Row {
        try await provider.insert(name, values)
    }

    /// The row with this key; nil if there is none.
    @available(*, noasync, message: "in async code write `try await`; in main.swift put it inside a function")
    public func read(_ id: any PostgresEncodable) throws(PostgresError) -> Row? {
        try provider.selectOne(name, where: keyed(id))
    }

    /// The async form of the method above.
    public func read(_ id: any PostgresEncodable) async throws(PostgresError) -> Row? {
        try await provider.selectOne(name, where: keyed(id))
    }

    /// The row with this key.
    ///
    /// - Throws: ``PostgresError/Code-swift.struct/noRows`` if there is none.
    @available(*, noasync, message: "in async code write `try await`; in main.swift put it inside a function")
    public func get(_ id: any PostgresEncodable) throws(PostgresError) -> Row {
        guard let row = try read(id) else { throw missing(id) }
        return row
    }

    /// The async form of the method above.
    public func get(_ id: any PostgresEncodable) async throws(PostgresError) -> Row {
        guard let row = try await read(id) else { throw missing(id) }
        return row
    }

    /// The rows with these keys, in no particular order.
    @available(*, noasync, message: "in async code write `try await`; in main.swift put it inside a function")
    public func getMany<ID: PostgresArrayEncodable>(_ ids: [ID]) throws(PostgresError) -> Rows {
        try provider.select(name, where: .sql("\(identifier: key) = ANY(\(ids))"))
    }

    /// The async form of the method above.
    public func getMany<ID: PostgresArrayEncodable>(_ ids: [ID]) async throws(PostgresError) -> Rows {
        try await provider.select(name, where: .sql("\(identifier: key) = ANY(\(ids))"))
    }

    /// The first row that matches; nil if none does.
    @available(*, noasync, message: "in async code write `try await`; in main.swift put it inside a function")
    public func findOne(where condition: Where, orderBy order: OrderBy? = nil) throws(PostgresError) -> Row? {
        try provider.selectOne(name, where: condition, orderBy: order)
    }

    /// The async form of the method above.
    public func findOne(where condition: Where, orderBy order: OrderBy? = nil) async throws(PostgresError) -> Row? {
        try await provider.selectOne(name, where: condition, orderBy: order)
    }

    /// The rows that match, all by default.
    @available(*, noasync, message: "in async code write `try await`; in main.swift put it inside a function")
    public func list(
        where condition: Where = .all, orderBy order: OrderBy? = nil, limit: Int? = nil, offset: Int? = nil
    ) throws(PostgresError) -> Rows {
        try provider.select(name, where: condition, orderBy: order, limit: limit, offset: offset)
    }

    /// The async form of the method above.
    public func list(
        where condition: Where = .all, orderBy order: OrderBy? = nil, limit: Int? = nil, offset: Int? = nil
    ) async throws(PostgresError) -> Rows {
        try await provider.select(name, where: condition, orderBy: order, limit: limit, offset: offset)
    }

    /// How many rows match.
    @available(*, noasync, message: "in async code write `try await`; in main.swift put it inside a function")
    public func count(where condition: Where = .all) throws(PostgresError) -> Int {
        try provider.count(name, where: condition)
    }

    /// The async form of the method above.
    public func count(where condition: Where = .all) async throws(PostgresError) -> Int {
        try await provider.count(name, where: condition)
    }

    /// Whether a row matches.
    @available(*, noasync, message: "in async code write `try await`; in main.swift put it inside a function")
    public func exists(where condition: Where) throws(PostgresError) -> Bool {
        try provider.query(Statement.exists(name, where: condition), as: Bool.self).first ?? false
    }

    /// The async form of the method above.
    public func exists(where condition: Where) async throws(PostgresError) -> Bool {
        try await provider.query(Statement.exists(name, where: condition), as: Bool.self).first ?? false
    }

    /// Changes the row with this key; nil if there is none.
    @available(*, noasync, message: "in async code write `try await`; in main.swift put it inside a function")
    @discardableResult
    public func update(_ id: any PostgresEncodable, _ values: Values) throws(PostgresError) -> Row? {
        try provider.update(name, values, where: keyed(id)).first
    }

    /// The async form of the method above.
    @discardableResult
    public func update(_ id: any PostgresEncodable, _ values: Values) async throws(PostgresError) -> Row? {
        try await provider.update(name, values, where: keyed(id)).first
    }

    /// Changes the rows that match and returns them.
    @available(*, noasync, message: "in async code write `try await`; in main.swift put it inside a function")
    @discardableResult
    public func updateWhere(_ condition: Where, _ values: Values) throws(PostgresError) -> Rows {
        try provider.update(name, values, where: condition)
    }

    /// The async form of the method above.
    @discardableResult
    public func updateWhere(_ condition: Where, _ values: Values) async throws(PostgresError) -> Rows {
        try await provider.update(name, values, where: condition)
    }

    /// Deletes the row with this key; false if there is none.
    @available(*, noasync, message: "in async code write `try await`; in main.swift put it inside a function")
    @discardableResult
    public func delete(_ id: any PostgresEncodable) throws(PostgresError) -> Bool {
        try provider.delete(name, where: keyed(id)) > 0
    }

    /// The async form of the method above.
    @discardableResult
    public func delete(_ id: any PostgresEncodable) async throws(PostgresError) -> Bool {
        try await provider.delete(name, where: keyed(id)) > 0
    }

    /// Deletes the rows that match and returns how many they were.
    @available(*, noasync, message: "in async code write `try await`; in main.swift put it inside a function")
    @discardableResult
    public func deleteWhere(_ condition: Where) throws(PostgresError) -> Int {
        try provider.delete(name, where: condition)
    }

    /// The async form of the method above.
    @discardableResult
    public func deleteWhere(_ condition: Where) async throws(PostgresError) -> Int {
        try await provider.delete(name, where: condition)
    }

    /// Inserts many rows, all or none.
    @available(*, noasync, message: "in async code write `try await`; in main.swift put it inside a function")
    @discardableResult
    public func batchCreate(_ rows: [Values]) throws(PostgresError) -> [Row] {
        try provider.batchInsert(name, rows)
    }

    /// The async form of the method above.
    @discardableResult
    public func batchCreate(_ rows: [Values]) async throws(PostgresError) -> [Row] {
        try await provider.batchInsert(name, rows)
    }

    /// Changes many rows, all or none; each names its key.
    @available(*, noasync, message: "in async code write `try await`; in main.swift put it inside a function")
    @discardableResult
    public func batchUpdate(_ rows: [Values]) throws(PostgresError) -> [Row] {
        try provider.batchUpdate(name, rows, key: key)
    }

    /// The async form of the method above.
    @discardableResult
    public func batchUpdate(_ rows: [Values]) async throws(PostgresError) -> [Row] {
        try await provider.batchUpdate(name, rows, key: key)
    }

    /// Deletes the rows with these keys and returns how many there were.
    @available(*, noasync, message: "in async code write `try await`; in main.swift put it inside a function")
    @discardableResult
    public func batchDelete<ID: PostgresArrayEncodable>(_ ids: [ID]) throws(PostgresError) -> Int {
        try provider.batchDelete(name, ids, key: key)
    }

    /// The async form of the method above.
    @discardableResult
    public func batchDelete<ID: PostgresArrayEncodable>(_ ids: [ID]) async throws(PostgresError) -> Int {
        try await provider.batchDelete(name, ids, key: key)
    }

    /// Deletes all rows.
    @available(*, noasync, message: "in async code write `try await`; in main.swift put it inside a function")
    public func truncate() throws(PostgresError) {
        try provider.truncateTable(name)
    }

    /// The async form of the method above.
    public func truncate() async throws(PostgresError) {
        try await provider.truncateTable(name)
    }

    /// Drops the table.
    @available(*, noasync, message: "in async code write `try await`; in main.swift put it inside a function")
    public func drop(ifExists: Bool = false) throws(PostgresError) {
        try provider.dropTable(name, ifExists: ifExists)
    }

    /// The async form of the method above.
    public func drop(ifExists: Bool = false) async throws(PostgresError) {
        try await provider.dropTable(name, ifExists: ifExists)
    }
}

extension Table: Sendable where Provider: Sendable {}

/// The word that the Python guide uses; the async forms are the same members with `await`.
public typealias AsyncTable = Table
