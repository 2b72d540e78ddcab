extension ConnectionProvider {
    // MARK: - Values of any type

    /// Copies rows into a table, a list of values for each, whose types are known at run time only.
    ///
    /// ```swift
    /// let rows: [[PostgresValue]] = [[1, "Ann"], [2, nil]]
    /// try db.copy(into: "users", columns: ["id", "name"], values: rows)
    /// ```
    ///
    /// - Parameters:
    ///   - table: The table.
    ///   - columns: The columns that the lists have values for, in their order.
    ///   - rows: The lists, which are taken one by one as they are sent.
    ///   - format: How the rows go over the wire.
    /// - Returns: How many rows the server took.
    /// - Throws: ``PostgresError``. After any error none of the rows is there.
    @available(*, noasync, message: "in async code write `try await`; in main.swift put it inside a function")
    @discardableResult
    public func copy(
        into table: Identifier, columns: [String], values rows: some Sequence<[PostgresValue]>,
        format: CopyFormat = .binary
    ) throws -> Int {
        try copyBlocking(into: table, columns: columns, format: format) { writer in
            for row in rows { try writer.write(values: row.lazy.map { $0 }) }
        }
    }

    /// Copies rows into a table, a list of values for each; the async form of the method above.
    @discardableResult
    public func copy(
        into table: Identifier, columns: [String], values rows: some Sequence<[PostgresValue]>,
        format: CopyFormat = .binary
    ) async throws -> Int {
        try await copyAsync(into: table, columns: columns, format: format) { writer in
            for row in rows { try await writer.write(values: row.lazy.map { $0 }) }
        }
    }

    /// Copies rows into a table, a list of values for each, as a sequence has them ready.
    @discardableResult
    public func copy<Rows: AsyncSequence>(
        into table: Identifier, columns: [String], values rows: Rows, format: CopyFormat = .binary
    ) async throws -> Int where Rows.Element == [PostgresValue] {
        try await copyAsync(into: table, columns: columns, format: format) { writer in
            for try await row in rows { try await writer.write(values: row.lazy.map { $0 }) }
        }
    }

    // MARK: - Values of several types

    /// Copies rows into a table, a list of values for each.
    @available(*, noasync, message: "in async code write `try await`; in main.swift put it inside a function")
    @discardableResult
    public func copy(
        into table: Identifier, columns: [String], values rows: some Sequence<[any PostgresEncodable]>,
        format: CopyFormat = .binary
    ) throws -> Int {
        try copyBlocking(into: table, columns: columns, format: format) { writer in
            for row in rows { try writer.write(values: row.lazy.map { $0 }) }
        }
    }

    /// Copies rows into a table, a list of values for each; the async form of the method above.
    @discardableResult
    public func copy(
        into table: Identifier, columns: [String], values rows: some Sequence<[any PostgresEncodable]>,
        format: CopyFormat = .binary
    ) async throws -> Int {
        try await copyAsync(into: table, columns: columns, format: format) { writer in
            for row in rows { try await writer.write(values: row.lazy.map { $0 }) }
        }
    }

    /// Copies rows into a table, a list of values for each, as a sequence has them ready.
    @discardableResult
    public func copy<Rows: AsyncSequence>(
        into table: Identifier, columns: [String], values rows: Rows, format: CopyFormat = .binary
    ) async throws -> Int where Rows.Element == [any PostgresEncodable] {
        try await copyAsync(into: table, columns: columns, format: format) { writer in
            for try await row in rows { try await writer.write(values: row.lazy.map { $0 }) }
        }
    }

    // MARK: - Values of several types, or NULL

    /// Copies rows into a table, a list of values for each.
    @available(*, noasync, message: "in async code write `try await`; in main.swift put it inside a function")
    @discardableResult
    public func copy(
        into table: Identifier, columns: [String], values rows: some Sequence<[(any PostgresEncodable)?]>,
        format: CopyFormat = .binary
    ) throws -> Int {
        try copyBlocking(into: table, columns: columns, format: format) { writer in
            for row in rows { try writer.write(values: row) }
        }
    }

    /// Copies rows into a table, a list of values for each; the async form of the method above.
    @discardableResult
    public func copy(
        into table: Identifier, columns: [String], values rows: some Sequence<[(any PostgresEncodable)?]>,
        format: CopyFormat = .binary
    ) async throws -> Int {
        try await copyAsync(into: table, columns: columns, format: format) { writer in
            for row in rows { try await writer.write(values: row) }
        }
    }

    /// Copies rows into a table, a list of values for each, as a sequence has them ready.
    @discardableResult
    public func copy<Rows: AsyncSequence>(
        into table: Identifier, columns: [String], values rows: Rows, format: CopyFormat = .binary
    ) async throws -> Int where Rows.Element == [(any PostgresEncodable)?] {
        try await copyAsync(into: table, columns: columns, format: format) { writer in
            for try await row in rows { try await writer.write(values: row) }
        }
    }
}
