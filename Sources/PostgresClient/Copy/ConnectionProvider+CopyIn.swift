extension ConnectionProvider {
    // What a user's closure throws comes out as it is, so it goes past the typed errors of the connection's lending.
    private func lendBlocking(_ order: Connection.CopyOrder, _ body: (CopyWriter) throws -> Void) throws -> Int {
        var outcome = Result<Int, any Error>.success(0)
        try withBlockingConnection { (connection) throws(PostgresError) in
            outcome = Result { try connection.copyBlocking(order, body) }
        }
        return try outcome.get()
    }

    private func lendAsync(
        _ order: Connection.CopyOrder, _ body: nonisolated(nonsending) (CopyWriter) async throws -> Void
    ) async throws -> Int {
        var outcome = Result<Int, any Error>.success(0)
        try await withAsyncConnection { (connection) async throws(PostgresError) in
            do {
                outcome = .success(try await connection.copyAsync(order, body))
            } catch {
                outcome = .failure(error)
            }
        }
        return try outcome.get()
    }

    /// Copies what a closure writes; the name tells the two forms apart where both could be meant.
    @available(*, noasync, message: "in async code write `try await`; in main.swift put it inside a function")
    @usableFromInline
    func copyBlocking(
        into table: Identifier, columns: [String]?, format: CopyFormat, freezes: Bool = false,
        onError: CopyErrorHandling = .stop, _ body: (CopyWriter) throws -> Void
    ) throws -> Int {
        let order = Connection.CopyOrder(
            table: table, columns: columns, format: format, freezes: freezes, onError: onError)
        return try lendBlocking(order, body)
    }

    /// Copies what a closure writes; the name tells the two forms apart where both could be meant.
    @usableFromInline
    func copyAsync(
        into table: Identifier, columns: [String]?, format: CopyFormat, freezes: Bool = false,
        onError: CopyErrorHandling = .stop, _ body: nonisolated(nonsending) (CopyWriter) async throws -> Void
    ) async throws -> Int {
        let order = Connection.CopyOrder(
            table: table, columns: columns, format: format, freezes: freezes, onError: onError)
        return try await lendAsync(order, body)
    }

    // MARK: - A writer

    /// Copies rows into a table, as a closure writes them: the fastest way in.
    ///
    /// ```swift
    /// let count = try db.copy(into: "users", columns: ["id", "name"]) { writer in
    ///     try writer.write(1, "Ann")
    ///     try writer.write(2, nil as String?)
    /// }
    /// ```
    ///
    /// All rows or none: if the closure throws, or the server refuses a row, none is there afterwards, the connection can
    /// be used on, and the error is thrown as it is. In a transaction, that has failed then.
    ///
    /// - Parameters:
    ///   - table: The table.
    ///   - columns: The columns that the rows have values for, in their order; nil for bytes in the order of the table.
    ///   - format: How the rows go over the wire. In ``CopyFormat/binary`` a value must be of its column's type, or one
    ///     that becomes it without loss; in text and CSV the server reads whatever it can.
    ///   - freezes: Whether rows are written as if they had long been there, which only a table made or truncated in the
    ///     same transaction allows.
    ///   - onError: What the server does with rows that it cannot read.
    ///   - body: Writes the rows.
    /// - Returns: How many rows the server took.
    /// - Throws: ``PostgresError``, or what `body` throws.
    @_disfavoredOverload
    @available(*, noasync, message: "in async code write `try await`; in main.swift put it inside a function")
    @discardableResult
    public func copy(
        into table: Identifier, columns: [String]? = nil, format: CopyFormat = .binary, freezes: Bool = false,
        onError: CopyErrorHandling = .stop, _ body: (CopyWriter) throws -> Void
    ) throws -> Int {
        try copyBlocking(into: table, columns: columns, format: format, freezes: freezes, onError: onError, body)
    }

    /// Copies rows into a table, as a closure writes them; the async form of the method above.
    @discardableResult
    public func copy(
        into table: Identifier, columns: [String]? = nil, format: CopyFormat = .binary, freezes: Bool = false,
        onError: CopyErrorHandling = .stop, _ body: nonisolated(nonsending) (CopyWriter) async throws -> Void
    ) async throws -> Int {
        try await copyAsync(into: table, columns: columns, format: format, freezes: freezes, onError: onError, body)
    }

    // MARK: - A statement

    /// Runs a COPY statement that was written by hand, with bytes that a closure writes in whatever format it says.
    ///
    /// ```swift
    /// try db.copy("COPY users FROM STDIN WITH (FORMAT csv) WHERE id > 10") { writer in
    ///     try writer.write(bytes: Array("11,Ann\n".utf8))
    /// }
    /// ```
    ///
    /// - Parameters:
    ///   - statement: A COPY FROM STDIN. It can have no values.
    ///   - body: Writes the bytes.
    /// - Returns: How many rows the server took.
    /// - Throws: ``PostgresError/Code-swift.struct/invalidArgument`` if the statement has values or is no COPY FROM STDIN; ``PostgresError``
    ///   otherwise, or what `body` throws.
    @_disfavoredOverload
    @available(*, noasync, message: "in async code write `try await`; in main.swift put it inside a function")
    @discardableResult
    public func copy(_ statement: SQL, _ body: (CopyWriter) throws -> Void) throws -> Int {
        try lendBlocking(try Connection.CopyOrder(statement), body)
    }

    /// Runs a COPY statement that was written by hand; the async form of the method above.
    @discardableResult
    public func copy(
        _ statement: SQL, _ body: nonisolated(nonsending) (CopyWriter) async throws -> Void
    ) async throws -> Int {
        try await lendAsync(try Connection.CopyOrder(statement), body)
    }
}

extension Connection.CopyOrder {
    /// A statement that was written by hand.
    fileprivate init(_ statement: SQL) throws(PostgresError) {
        let rendered = try statement.render()
        guard rendered.parameters.isEmpty else {
            throw PostgresError(.invalidArgument, "COPY takes no parameters: its data are its values")
                .with(statement: rendered.text)
        }
        self.init(table: "", columns: nil, format: .binary, freezes: false, onError: .stop, statement: rendered.text)
    }
}
