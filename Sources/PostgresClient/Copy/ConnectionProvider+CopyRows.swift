extension ConnectionProvider {
    // MARK: - Tuples

    /// Copies rows into a table, a tuple for each.
    ///
    /// ```swift
    /// let count = try db.copy(into: "users", columns: ["id", "name"], [(1, "Ann"), (2, "Bob")])
    /// ```
    ///
    /// - Parameters:
    ///   - table: The table.
    ///   - columns: The columns that the tuples have values for, in their order.
    ///   - rows: The tuples, which are taken one by one as they are sent.
    ///   - format: How the rows go over the wire. In ``CopyFormat/binary`` a value must be of its column's type, or one
    ///     that becomes it without loss; in text and CSV the server reads whatever it can.
    /// - Returns: How many rows the server took: all, unless a trigger or a condition left some out.
    /// - Throws: ``PostgresError``. After any error none of the rows is there.
    @available(*, noasync, message: "in async code write `try await`; in main.swift put it inside a function")
    @inlinable
    @discardableResult
    public func copy<each Value: PostgresEncodable, Rows: Sequence>(
        into table: Identifier, columns: [String], _ rows: Rows, format: CopyFormat = .binary
    ) throws -> Int where Rows.Element == (repeat each Value) {
        try copyBlocking(into: table, columns: columns, format: format) { try $0.write(contentsOf: rows) }
    }

    /// Copies rows into a table, a tuple for each; the async form of the method above.
    @inlinable
    @discardableResult
    public func copy<each Value: PostgresEncodable, Rows: Sequence>(
        into table: Identifier, columns: [String], _ rows: Rows, format: CopyFormat = .binary
    ) async throws -> Int where Rows.Element == (repeat each Value) {
        try await copyAsync(into: table, columns: columns, format: format) { try await $0.write(contentsOf: rows) }
    }

    /// Copies rows into a table, a tuple for each, as a sequence has them ready.
    ///
    /// What the sequence throws comes out as it is; none of the rows is there then.
    ///
    /// ```swift
    /// try await db.copy(into: "events", columns: ["id", "text"], events)   // an AsyncStream<(Int64, String)>
    /// ```
    @inlinable
    @discardableResult
    public func copy<each Value: PostgresEncodable, Rows: AsyncSequence>(
        into table: Identifier, columns: [String], _ rows: Rows, format: CopyFormat = .binary
    ) async throws -> Int where Rows.Element == (repeat each Value) {
        try await copyAsync(into: table, columns: columns, format: format) { writer in
            for try await row in rows {
                var row: (repeat each Value) = row
                while !(try writer.put(&row)) { try await writer.flush() }
            }
        }
    }

    // MARK: - Single values

    /// Copies values into one column of a table.
    ///
    /// ```swift
    /// try db.copy(into: "numbers", columns: ["number"], 1...1000)
    /// ```
    @available(*, noasync, message: "in async code write `try await`; in main.swift put it inside a function")
    @inlinable
    @discardableResult
    public func copy<Rows: Sequence>(
        into table: Identifier, columns: [String], _ rows: Rows, format: CopyFormat = .binary
    ) throws -> Int where Rows.Element: PostgresEncodable {
        try copyBlocking(into: table, columns: columns, format: format) { writer in
            for row in rows { try writer.write(row) }
        }
    }

    /// Copies values into one column of a table; the async form of the method above.
    @inlinable
    @discardableResult
    public func copy<Rows: Sequence>(
        into table: Identifier, columns: [String], _ rows: Rows, format: CopyFormat = .binary
    ) async throws -> Int where Rows.Element: PostgresEncodable {
        try await copyAsync(into: table, columns: columns, format: format) { writer in
            for row in rows { try await writer.write(row) }
        }
    }

    /// Copies values into one column of a table, as a sequence has them ready.
    @inlinable
    @discardableResult
    public func copy<Rows: AsyncSequence>(
        into table: Identifier, columns: [String], _ rows: Rows, format: CopyFormat = .binary
    ) async throws -> Int where Rows.Element: PostgresEncodable {
        try await copyAsync(into: table, columns: columns, format: format) { writer in
            for try await row in rows { try await writer.write(row) }
        }
    }

    // MARK: - Structures

    /// Copies rows into a table, a structure for each, whose properties are named as the columns.
    ///
    /// ```swift
    /// struct User: Encodable { var id: Int64; var name: String? }
    /// try db.copy(into: "users", [User(id: 1, name: "Ann"), User(id: 2, name: nil)])
    /// ```
    ///
    /// A property is of any type that can be sent, an enum with such a raw value, or, for a column of `json` or `jsonb`,
    /// anything `Encodable`.
    ///
    /// - Parameters:
    ///   - table: The table.
    ///   - columns: The columns to fill, each of which must have a property; nil for one for each property.
    ///   - rows: The structures, which are taken one by one as they are sent.
    ///   - keys: How the names of properties and columns are made of each other.
    ///   - format: How the rows go over the wire.
    /// - Returns: How many rows the server took.
    /// - Throws: ``PostgresError``, and what the structures' own encoding throws. After any error none of the rows is there.
    @_disfavoredOverload
    @available(*, noasync, message: "in async code write `try await`; in main.swift put it inside a function")
    @discardableResult
    public func copy<Rows: Sequence>(
        into table: Identifier, columns: [String]? = nil, _ rows: Rows, keys: ColumnKeyStrategy = .exact,
        format: CopyFormat = .binary
    ) throws -> Int where Rows.Element: Encodable {
        var rows = rows.makeIterator()
        guard let first = rows.next() else { return 0 }
        let columns = try columns ?? CopyStructureEncoder.columns(of: first, keys)
        return try copyBlocking(into: table, columns: columns, format: format) { writer in
            try writer.write(encoding: first, keys: keys)
            while let row = rows.next() { try writer.write(encoding: row, keys: keys) }
        }
    }

    /// Copies rows into a table, a structure for each; the async form of the method above.
    @_disfavoredOverload
    @discardableResult
    public func copy<Rows: Sequence>(
        into table: Identifier, columns: [String]? = nil, _ rows: Rows, keys: ColumnKeyStrategy = .exact,
        format: CopyFormat = .binary
    ) async throws -> Int where Rows.Element: Encodable {
        var rows = rows.makeIterator()
        guard let first = rows.next() else { return 0 }
        let columns = try columns ?? CopyStructureEncoder.columns(of: first, keys)
        return try await copyAsync(into: table, columns: columns, format: format) { writer in
            try await writer.write(encoding: first, keys: keys)
            while let row = rows.next() { try await writer.write(encoding: row, keys: keys) }
        }
    }

    /// Copies rows into a table, a structure for each, as a sequence has them ready.
    @_disfavoredOverload
    @discardableResult
    public func copy<Rows: AsyncSequence>(
        into table: Identifier, columns: [String]? = nil, _ rows: Rows, keys: ColumnKeyStrategy = .exact,
        format: CopyFormat = .binary
    ) async throws -> Int where Rows.Element: Encodable {
        var rows = rows.makeAsyncIterator()
        guard let first = try await rows.next(isolation: #isolation) else { return 0 }
        let columns = try columns ?? CopyStructureEncoder.columns(of: first, keys)
        return try await copyAsync(into: table, columns: columns, format: format) { writer in
            try await writer.write(encoding: first, keys: keys)
            while let row = try await rows.next(isolation: #isolation) {
                try await writer.write(encoding: row, keys: keys)
            }
        }
    }
}
