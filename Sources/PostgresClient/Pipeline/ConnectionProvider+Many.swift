extension ConnectionProvider {
    /// Runs a statement with many sets of values in one flight; the calling thread waits.
    ///
    /// Outside a transaction block all sets are one transaction: if one fails, none takes effect. However many there are,
    /// memory is bounded, since sending and reading go on side by side. For rows without any computation
    /// `copy(into:)` is faster still.
    ///
    /// ```swift
    /// let people = [("Ann", 30), ("Bea", 41)]
    /// let inserted = try db.executeMany("INSERT INTO users (name, age) VALUES ($1, $2)", people)
    /// ```
    ///
    /// - Parameters:
    ///   - sql: The statement, without values in it: `$1`, `$2`, … stand for a set's values.
    ///   - rows: The sets of values, all of the same types.
    /// - Returns: How many rows were concerned in all, 0 for statements that count none.
    /// - Throws: ``PostgresError``; its message says which set it was, counted from 0, where the server refused one.
    @available(*, noasync, message: "in async code write `try await`; in main.swift put it inside a function")
    @inlinable
    @discardableResult
    public func executeMany<each Parameter: PostgresEncodable>(
        _ sql: SQL, _ rows: some Sequence<(repeat each Parameter)>
    ) throws(PostgresError) -> Int {
        try executeManyBlocking(sql, ParameterSets(rows))
    }

    /// Runs a statement with many values in one flight; the calling thread waits.
    ///
    /// - Parameters:
    ///   - sql: The statement, without values in it: `$1` stands for a value.
    ///   - values: The values.
    /// - Returns: How many rows were concerned in all, 0 for statements that count none.
    /// - Throws: ``PostgresError`` as the form for sets of several values.
    @available(*, noasync, message: "in async code write `try await`; in main.swift put it inside a function")
    @inlinable
    @discardableResult
    public func executeMany<Parameter: PostgresEncodable>(
        _ sql: SQL, _ values: some Sequence<Parameter>
    ) throws(PostgresError) -> Int {
        try executeManyBlocking(sql, ParameterSets(single: values))
    }

    /// Runs a statement with many sets of values in one flight; the calling task waits.
    ///
    /// - Parameters:
    ///   - sql: The statement, without values in it: `$1`, `$2`, … stand for a set's values.
    ///   - rows: The sets of values, all of the same types.
    /// - Returns: How many rows were concerned in all, 0 for statements that count none.
    /// - Throws: ``PostgresError``; its message says which set it was, counted from 0, where the server refused one.
    @inlinable
    @discardableResult
    public func executeMany<each Parameter: PostgresEncodable>(
        _ sql: SQL, _ rows: some Sequence<(repeat each Parameter)>
    ) async throws(PostgresError) -> Int {
        try await executeManyAsync(sql, ParameterSets(rows))
    }

    /// Runs a statement with many values in one flight; the calling task waits.
    ///
    /// - Parameters:
    ///   - sql: The statement, without values in it: `$1` stands for a value.
    ///   - values: The values.
    /// - Returns: How many rows were concerned in all, 0 for statements that count none.
    /// - Throws: ``PostgresError`` as the form for sets of several values.
    @inlinable
    @discardableResult
    public func executeMany<Parameter: PostgresEncodable>(
        _ sql: SQL, _ values: some Sequence<Parameter>
    ) async throws(PostgresError) -> Int {
        try await executeManyAsync(sql, ParameterSets(single: values))
    }

    /// Runs a statement that returns rows with many sets of values in one flight; the calling thread waits.
    ///
    /// ```swift
    /// let numbers = try db.queryMany("INSERT INTO users (name) VALUES ($1) RETURNING id", ["Ann", "Bea"], as: Int64.self)
    /// ```
    ///
    /// - Parameters:
    ///   - sql: The statement, without values in it: `$1`, `$2`, … stand for a set's values.
    ///   - rows: The sets of values, all of the same types.
    ///   - type: What to read each row as.
    /// - Returns: The rows of all sets, in the order of the sets.
    /// - Throws: ``PostgresError`` as ``executeMany(_:_:)-(_,Sequence<(Parameter)>)``, and when a row cannot be decoded, after
    ///   which all has taken effect.
    @available(*, noasync, message: "in async code write `try await`; in main.swift put it inside a function")
    @inlinable
    public func queryMany<each Parameter: PostgresEncodable, each Value: PostgresDecodable>(
        _ sql: SQL, _ rows: some Sequence<(repeat each Parameter)>, as type: (repeat each Value).Type
    ) throws(PostgresError) -> [(repeat each Value)] {
        try queryManyBlocking(sql, ParameterSets(rows), type)
    }

    /// Runs a statement that returns rows with many values in one flight; the calling thread waits.
    ///
    /// - Parameters:
    ///   - sql: The statement, without values in it: `$1` stands for a value.
    ///   - values: The values.
    ///   - type: What to read each row as.
    /// - Returns: The rows of all values, in their order.
    /// - Throws: ``PostgresError`` as the form for sets of several values.
    @available(*, noasync, message: "in async code write `try await`; in main.swift put it inside a function")
    @inlinable
    public func queryMany<Parameter: PostgresEncodable, each Value: PostgresDecodable>(
        _ sql: SQL, _ values: some Sequence<Parameter>, as type: (repeat each Value).Type
    ) throws(PostgresError) -> [(repeat each Value)] {
        try queryManyBlocking(sql, ParameterSets(single: values), type)
    }

    /// Runs a statement that returns rows with many sets of values in one flight; the calling task waits.
    ///
    /// - Parameters:
    ///   - sql: The statement, without values in it: `$1`, `$2`, … stand for a set's values.
    ///   - rows: The sets of values, all of the same types.
    ///   - type: What to read each row as.
    /// - Returns: The rows of all sets, in the order of the sets.
    /// - Throws: as the form above.
    @inlinable
    public func queryMany<each Parameter: PostgresEncodable, each Value: PostgresDecodable>(
        _ sql: SQL, _ rows: some Sequence<(repeat each Parameter)>, as type: (repeat each Value).Type
    ) async throws(PostgresError) -> [(repeat each Value)] {
        try await queryManyAsync(sql, ParameterSets(rows), type)
    }

    /// Runs a statement that returns rows with many values in one flight; the calling task waits.
    ///
    /// - Parameters:
    ///   - sql: The statement, without values in it: `$1` stands for a value.
    ///   - values: The values.
    ///   - type: What to read each row as.
    /// - Returns: The rows of all values, in their order.
    /// - Throws: ``PostgresError`` as the form for sets of several values.
    @inlinable
    public func queryMany<Parameter: PostgresEncodable, each Value: PostgresDecodable>(
        _ sql: SQL, _ values: some Sequence<Parameter>, as type: (repeat each Value).Type
    ) async throws(PostgresError) -> [(repeat each Value)] {
        try await queryManyAsync(sql, ParameterSets(single: values), type)
    }

    /// Runs a statement that returns one column with many sets of values in one flight; the calling thread waits.
    ///
    /// - Parameters:
    ///   - sql: The statement, without values in it: `$1`, `$2`, … stand for a set's values.
    ///   - rows: The sets of values, all of the same types.
    ///   - type: What to read the column as.
    /// - Returns: The values of all sets, in the order of the sets.
    /// - Throws: ``PostgresError`` as the form for rows of several columns.
    @available(*, noasync, message: "in async code write `try await`; in main.swift put it inside a function")
    @inlinable
    public func queryMany<each Parameter: PostgresEncodable, Value: PostgresDecodable>(
        _ sql: SQL, _ rows: some Sequence<(repeat each Parameter)>, as type: Value.Type
    ) throws(PostgresError) -> [Value] {
        try queryManyBlocking(sql, ParameterSets(rows), type)
    }

    /// Runs a statement that returns one column with many values in one flight; the calling thread waits.
    ///
    /// - Parameters:
    ///   - sql: The statement, without values in it: `$1` stands for a value.
    ///   - values: The values.
    ///   - type: What to read the column as.
    /// - Returns: The values that all of them gave, in their order.
    /// - Throws: ``PostgresError`` as the form for rows of several columns.
    @available(*, noasync, message: "in async code write `try await`; in main.swift put it inside a function")
    @inlinable
    public func queryMany<Parameter: PostgresEncodable, Value: PostgresDecodable>(
        _ sql: SQL, _ values: some Sequence<Parameter>, as type: Value.Type
    ) throws(PostgresError) -> [Value] {
        try queryManyBlocking(sql, ParameterSets(single: values), type)
    }

    /// Runs a statement that returns one column with many sets of values in one flight; the calling task waits.
    ///
    /// - Parameters:
    ///   - sql: The statement, without values in it: `$1`, `$2`, … stand for a set's values.
    ///   - rows: The sets of values, all of the same types.
    ///   - type: What to read the column as.
    /// - Returns: The values of all sets, in the order of the sets.
    /// - Throws: ``PostgresError`` as the form for rows of several columns.
    @inlinable
    public func queryMany<each Parameter: PostgresEncodable, Value: PostgresDecodable>(
        _ sql: SQL, _ rows: some Sequence<(repeat each Parameter)>, as type: Value.Type
    ) async throws(PostgresError) -> [Value] {
        try await queryManyAsync(sql, ParameterSets(rows), type)
    }

    /// Runs a statement that returns one column with many values in one flight; the calling task waits.
    ///
    /// - Parameters:
    ///   - sql: The statement, without values in it: `$1` stands for a value.
    ///   - values: The values.
    ///   - type: What to read the column as.
    /// - Returns: The values that all of them gave, in their order.
    /// - Throws: ``PostgresError`` as the form for rows of several columns.
    @inlinable
    public func queryMany<Parameter: PostgresEncodable, Value: PostgresDecodable>(
        _ sql: SQL, _ values: some Sequence<Parameter>, as type: Value.Type
    ) async throws(PostgresError) -> [Value] {
        try await queryManyAsync(sql, ParameterSets(single: values), type)
    }

    // MARK: - One body for each form

    @usableFromInline
    func executeManyBlocking(_ sql: SQL, _ sets: ParameterSets) throws(PostgresError) -> Int {
        try withBlockingConnection { (connection) throws(PostgresError) in
            guard let first = sets.first else { return 0 }
            let core = try connection.useBlocking()
            let statement = try core.preparedBlocking(try sql.preparable(), first)
            var operation = ManyOperation(core, statement, keepsRows: false, sets.feed(statement))
            _ = try core.runBlocking(&operation)
            return operation.sink.rowCount
        }
    }

    @usableFromInline
    func executeManyAsync(_ sql: SQL, _ sets: ParameterSets) async throws(PostgresError) -> Int {
        try await withAsyncConnection { (connection) async throws(PostgresError) in
            guard let first = sets.first else { return 0 }
            let core = try await connection.useAsync()
            let statement = try await core.preparedAsync(try sql.preparable(), first)
            var operation = ManyOperation(core, statement, keepsRows: false, sets.feed(statement))
            _ = try await core.runAsync(&operation)
            return operation.sink.rowCount
        }
    }

    @usableFromInline
    func queryManyBlocking<each Value: PostgresDecodable>(
        _ sql: SQL, _ sets: ParameterSets, _ type: (repeat each Value).Type
    ) throws(PostgresError) -> [(repeat each Value)] {
        try withBlockingConnection { (connection) throws(PostgresError) in
            guard let first = sets.first else { return [] }
            let core = try connection.useBlocking()
            let text = try sql.preparable()
            var statement = try core.preparedBlocking(text, first)
            if let types = statement.columns?.missingTypes(for: type) {
                try core.learnBlocking(types)
                // The look-up may have taken its place in the cache.
                statement = try core.preparedBlocking(text, first)
            }
            return try ManyReader(core, statement, sets.feed(statement)).tuplesBlocking()
        }
    }

    @usableFromInline
    func queryManyAsync<each Value: PostgresDecodable>(
        _ sql: SQL, _ sets: ParameterSets, _ type: (repeat each Value).Type
    ) async throws(PostgresError) -> [(repeat each Value)] {
        try await withAsyncConnection { (connection) async throws(PostgresError) in
            guard let first = sets.first else { return [] }
            let core = try await connection.useAsync()
            let text = try sql.preparable()
            var statement = try await core.preparedAsync(text, first)
            if let types = statement.columns?.missingTypes(for: type) {
                try await core.learnAsync(types)
                // The look-up may have taken its place in the cache.
                statement = try await core.preparedAsync(text, first)
            }
            return try await ManyReader(core, statement, sets.feed(statement)).tuplesAsync()
        }
    }
}
