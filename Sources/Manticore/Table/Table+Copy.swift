extension Table {
    /// Copies rows into the table, a tuple for each: the fastest way to fill it.
    ///
    /// ```swift
    /// try users.copy(columns: ["name", "age"], from: [("Ann", 30), ("Bob", 41)])
    /// ```
    ///
    /// - Parameters:
    ///   - columns: The columns that the tuples have values for, in their order.
    ///   - rows: The tuples, which are taken one by one as they are sent.
    ///   - format: How the rows go over the wire; in binary a value must be of its column's type, or one that becomes it
    ///     without loss.
    /// - Returns: How many rows the server took.
    /// - Throws: ``PostgresError``. After any error none of the rows is there.
    @available(*, noasync, message: "in async code write `try await`; in main.swift put it inside a function")
    @inlinable
    @discardableResult
    public func copy<each Value: PostgresEncodable, Rows: Sequence>(
        columns: [String], from rows: Rows, format: CopyFormat = .binary
    ) throws -> Int where Rows.Element == (repeat each Value) {
        try provider.copy(into: name, columns: columns, rows, format: format)
    }

    /// The async form of the method above.
    @inlinable
    @discardableResult
    public func copy<each Value: PostgresEncodable, Rows: Sequence>(
        columns: [String], from rows: Rows, format: CopyFormat = .binary
    ) async throws -> Int where Rows.Element == (repeat each Value) {
        try await provider.copy(into: name, columns: columns, rows, format: format)
    }

    /// Copies values into one column of the table.
    @available(*, noasync, message: "in async code write `try await`; in main.swift put it inside a function")
    @inlinable
    @discardableResult
    public func copy<Rows: Sequence>(
        columns: [String], from rows: Rows, format: CopyFormat = .binary
    ) throws -> Int where Rows.Element: PostgresEncodable {
        try provider.copy(into: name, columns: columns, rows, format: format)
    }

    /// The async form of the method above.
    @inlinable
    @discardableResult
    public func copy<Rows: Sequence>(
        columns: [String], from rows: Rows, format: CopyFormat = .binary
    ) async throws -> Int where Rows.Element: PostgresEncodable {
        try await provider.copy(into: name, columns: columns, rows, format: format)
    }

    /// Copies rows into the table, a tuple for each, as a sequence has them ready.
    @inlinable
    @discardableResult
    public func copy<each Value: PostgresEncodable, Rows: AsyncSequence>(
        columns: [String], from rows: Rows, format: CopyFormat = .binary
    ) async throws -> Int where Rows.Element == (repeat each Value) {
        try await provider.copy(into: name, columns: columns, rows, format: format)
    }

    /// Copies rows into the table, a structure for each, whose properties are named as the columns.
    ///
    /// ```swift
    /// struct User: Encodable { var name: String; var age: Int }
    /// try users.copy(from: [User(name: "Ann", age: 30)])
    /// ```
    ///
    /// - Parameters:
    ///   - rows: The structures, which are taken one by one as they are sent.
    ///   - columns: The columns to fill; nil for one for each property.
    ///   - keys: How the names of properties and columns are made of each other.
    ///   - format: How the rows go over the wire.
    /// - Returns: How many rows the server took.
    /// - Throws: ``PostgresError``, and what the structures' own encoding throws. After any error none of the rows is there.
    @_disfavoredOverload
    @available(*, noasync, message: "in async code write `try await`; in main.swift put it inside a function")
    @discardableResult
    public func copy<Rows: Sequence>(
        from rows: Rows, columns: [String]? = nil, keys: ColumnKeyStrategy = .exact, format: CopyFormat = .binary
    ) throws -> Int where Rows.Element: Encodable {
        try provider.copy(into: name, columns: columns, rows, keys: keys, format: format)
    }

    /// The async form of the method above.
    @_disfavoredOverload
    @discardableResult
    public func copy<Rows: Sequence>(
        from rows: Rows, columns: [String]? = nil, keys: ColumnKeyStrategy = .exact, format: CopyFormat = .binary
    ) async throws -> Int where Rows.Element: Encodable {
        try await provider.copy(into: name, columns: columns, rows, keys: keys, format: format)
    }

    /// Copies rows into the table as a closure writes them.
    ///
    /// ```swift
    /// try users.copy(columns: ["name", "age"]) { writer in try writer.write("Ann", 30) }
    /// ```
    @_disfavoredOverload
    @available(*, noasync, message: "in async code write `try await`; in main.swift put it inside a function")
    @discardableResult
    public func copy(
        columns: [String]? = nil, format: CopyFormat = .binary, _ body: (CopyWriter) throws -> Void
    ) throws -> Int {
        try provider.copy(into: name, columns: columns, format: format, body)
    }

    /// The async form of the method above.
    @discardableResult
    public func copy(
        columns: [String]? = nil, format: CopyFormat = .binary,
        _ body: nonisolated(nonsending) (CopyWriter) async throws -> Void
    ) async throws -> Int {
        try await provider.copy(into: name, columns: columns, format: format, body)
    }

    /// Copies a file of this machine into the table, 64 KiB at a time.
    ///
    /// ```swift
    /// try users.copy(fromFile: "users.csv", format: .csv(header: true))
    /// ```
    @available(*, noasync, message: "in async code write `try await`; in main.swift put it inside a function")
    @discardableResult
    public func copy(fromFile path: String, columns: [String]? = nil, format: CopyFormat) throws -> Int {
        try provider.copy(into: name, columns: columns, format: format, file: path)
    }

    /// The async form of the method above.
    @discardableResult
    public func copy(fromFile path: String, columns: [String]? = nil, format: CopyFormat) async throws -> Int {
        try await provider.copy(into: name, columns: columns, format: format, file: path)
    }

    /// The rows of the table by COPY, as tuples: the fastest way to read all of it.
    ///
    /// ```swift
    /// let names = users.copyOut(columns: ["id", "name"], as: (Int64, String).self)
    /// ```
    public func copyOut<each Value: PostgresDecodable>(
        columns: [String], as type: (repeat each Value).Type, format: CopyFormat = .binary
    ) -> TupleStream<repeat each Value> {
        provider.copyOut(table: name, columns: columns, as: type, format: format)
    }

    /// One column by COPY.
    public func copyOut<Value: PostgresDecodable>(
        columns: [String], as type: Value.Type, format: CopyFormat = .binary
    ) -> TupleStream<Value> {
        provider.copyOut(table: name, columns: columns, as: type, format: format)
    }
}
