extension ConnectionProvider {
    private func stream(_ order: CopyOutReader.Order) -> CopyStream {
        CopyStream(CopyOutReader(order, streamSource))
    }

    // MARK: - Tuples

    /// The rows of a query by COPY, as tuples: the fastest way out.
    ///
    /// Opens at the first `next()` and occupies its connection until its end, or until it is dropped.
    ///
    /// ```swift
    /// let users = db.copyOut("SELECT id, name FROM users ORDER BY id", as: (Int64, String?).self)
    /// while let (id, name) = try users.next() { print(id, name ?? "") }
    /// ```
    ///
    /// - Parameters:
    ///   - query: A query, or an INSERT, UPDATE, DELETE or MERGE with RETURNING. COPY takes no values: interpolated ones are
    ///     an error at the first `next()`.
    ///   - type: The types of the columns, optional where NULL may come.
    ///   - format: How the rows go over the wire; CockroachDB gives text and CSV only.
    public func copyOut<each Value: PostgresDecodable>(
        _ query: SQL, as type: (repeat each Value).Type, format: CopyFormat = .binary
    ) -> TupleStream<repeat each Value> {
        TupleStream(CopyOutReader(CopyOutReader.Order(query, format, isTyped: true), streamSource))
    }

    /// The rows of a query by COPY, of which the only column is read.
    public func copyOut<Value: PostgresDecodable>(
        _ query: SQL, as type: Value.Type, format: CopyFormat = .binary
    ) -> TupleStream<Value> {
        TupleStream(CopyOutReader(CopyOutReader.Order(query, format, isTyped: true), streamSource))
    }

    /// The rows of a table by COPY, as tuples.
    ///
    /// ```swift
    /// let names = db.copyOut(table: "users", columns: ["name"], as: String.self)
    /// ```
    ///
    /// - Parameters:
    ///   - table: The table; its children's rows do not come, those of partitions do where the server can give them.
    ///   - columns: The columns, in the order of the values.
    ///   - type: The types of the columns, optional where NULL may come.
    ///   - format: How the rows go over the wire; CockroachDB gives text and CSV only.
    public func copyOut<each Value: PostgresDecodable>(
        table: Identifier, columns: [String], as type: (repeat each Value).Type, format: CopyFormat = .binary
    ) -> TupleStream<repeat each Value> {
        TupleStream(CopyOutReader(CopyOutReader.Order(table, columns, format, isTyped: true), streamSource))
    }

    /// One column of a table by COPY.
    public func copyOut<Value: PostgresDecodable>(
        table: Identifier, columns: [String], as type: Value.Type, format: CopyFormat = .binary
    ) -> TupleStream<Value> {
        TupleStream(CopyOutReader(CopyOutReader.Order(table, columns, format, isTyped: true), streamSource))
    }

    // MARK: - Bytes

    /// The rows of a query by COPY, as bytes in a format.
    ///
    /// Opens at the first `next()` and occupies its connection until its end, or until it is dropped.
    ///
    /// ```swift
    /// for try await piece in db.copyOut("SELECT * FROM users WHERE active", format: .csv(header: true)) {
    ///     print(String(decoding: piece, as: UTF8.self))
    /// }
    /// ```
    public func copyOut(_ query: SQL, format: CopyFormat) -> CopyStream {
        stream(CopyOutReader.Order(query, format, isTyped: false))
    }

    /// The rows of a table by COPY, as bytes in a format; all its columns, if none are named.
    public func copyOut(table: Identifier, columns: [String]? = nil, format: CopyFormat) -> CopyStream {
        stream(CopyOutReader.Order(table, columns, format, isTyped: false))
    }

    /// What a COPY TO STDOUT gives that was written by hand.
    ///
    /// ```swift
    /// let pieces = db.copyOut(statement: "COPY users TO STDOUT WITH (FORMAT csv, FORCE_QUOTE *)")
    /// ```
    public func copyOut(statement: SQL) -> CopyStream {
        stream(
            CopyOutReader.Order(
                statement: { () throws(PostgresError) in try statement.withoutValues() },
                description: { () throws(PostgresError) in nil },
                shape: { () throws(PostgresError) in .bytes }))
    }

    // MARK: - Files

    /// Writes the rows of a query to a file of this machine, as they come.
    ///
    /// ```swift
    /// let count = try db.copyOut("SELECT * FROM users", format: .csv(header: true), file: "users.csv")
    /// ```
    ///
    /// - Parameters:
    ///   - query: A query, or an INSERT, UPDATE, DELETE or MERGE with RETURNING, without values.
    ///   - format: What the file shall be.
    ///   - path: The file. What is in it is replaced; after an error it holds what had come.
    /// - Returns: How many rows there were.
    /// - Throws: ``PostgresError/Code-swift.struct/invalidArgument`` if the file cannot be written; ``PostgresError`` otherwise.
    @available(*, noasync, message: "in async code write `try await`; in main.swift put it inside a function")
    @discardableResult
    public func copyOut(_ query: SQL, format: CopyFormat, file path: String) throws(PostgresError) -> Int {
        try copyOut(query, format: format).writeBlocking(to: path)
    }

    /// Writes the rows of a query to a file of this machine; the async form of the method above.
    @discardableResult
    public func copyOut(_ query: SQL, format: CopyFormat, file path: String) async throws(PostgresError) -> Int {
        try await copyOut(query, format: format).writeAsync(to: path)
    }

    /// Writes the rows of a table to a file of this machine, as they come; all its columns, if none are named.
    @available(*, noasync, message: "in async code write `try await`; in main.swift put it inside a function")
    @discardableResult
    public func copyOut(
        table: Identifier, columns: [String]? = nil, format: CopyFormat, file path: String
    ) throws(PostgresError) -> Int {
        try copyOut(table: table, columns: columns, format: format).writeBlocking(to: path)
    }

    /// Writes the rows of a table to a file of this machine; the async form of the method above.
    @discardableResult
    public func copyOut(
        table: Identifier, columns: [String]? = nil, format: CopyFormat, file path: String
    ) async throws(PostgresError) -> Int {
        try await copyOut(table: table, columns: columns, format: format).writeAsync(to: path)
    }
}

extension CopyStream {
    @available(*, noasync, message: "in async code write `try await`; in main.swift put it inside a function")
    fileprivate func writeBlocking(to path: String) throws(PostgresError) -> Int {
        let file = try CopyFileWriter(path: path)
        while let piece = try next() { try file.write(piece) }
        try file.finish()
        return rowCount ?? 0
    }

    fileprivate func writeAsync(to path: String) async throws(PostgresError) -> Int {
        let file = try CopyFileWriter(path: path)
        while let piece = try await next() { try file.write(piece) }
        try file.finish()
        return rowCount ?? 0
    }
}

extension CopyOutReader.Order {
    private static func shape(_ format: CopyFormat, isTyped: Bool) throws(PostgresError) -> CopyOutSink.Shape {
        guard isTyped else { return .bytes }
        guard let dialect = try CopyDialect(format) else { return .binary }
        return .text(dialect, hasHeader: format.hasHeader)
    }

    fileprivate init(_ query: SQL, _ format: CopyFormat, isTyped: Bool) {
        self.init(
            statement: { () throws(PostgresError) in try CopyStatement.output(of: query, format: format) },
            description: { () throws(PostgresError) in isTyped ? try query.withoutValues() : nil },
            shape: { () throws(PostgresError) in try Self.shape(format, isTyped: isTyped) })
    }

    fileprivate init(_ table: Identifier, _ columns: [String]?, _ format: CopyFormat, isTyped: Bool) {
        self.init(
            statement: { () throws(PostgresError) in
                try CopyStatement.output(of: table, columns: columns, format: format)
            },
            description: { () throws(PostgresError) in
                guard isTyped, let columns else { return nil }
                return try CopyStatement.columns(columns, of: table)
            },
            shape: { () throws(PostgresError) in try Self.shape(format, isTyped: isTyped) })
    }
}

extension SQL {
    /// The text of a COPY, or of a part of one.
    ///
    /// - Throws: ``PostgresError/Code-swift.struct/invalidArgument`` if there are values: COPY takes none.
    func withoutValues() throws(PostgresError) -> String {
        let rendered = try render()
        guard rendered.parameters.isEmpty else {
            throw PostgresError(
                .invalidArgument, "COPY takes no parameters, and \(rendered.parameters.count) values are interpolated"
            ).with(statement: rendered.text)
        }
        return rendered.text
    }
}
