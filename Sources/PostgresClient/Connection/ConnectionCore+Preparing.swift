extension ConnectionCore {
    /// The statement of a text without values, for parameters of the types that these have; prepared if it is not yet.
    func preparedBlocking(
        _ sql: RenderedSQL, _ parameters: [any PostgresEncodable]
    ) throws(PostgresError) -> StatementDescription {
        let sql = RenderedSQL(text: sql.text, parameters: parameters)
        try resolveTypesBlocking(sql)
        let (types, mode) = (declaredTypes(of: parameters), mode(of: sql.text, isOwn: true))
        // Only of what the server keeps does it notice that the columns are others by now.
        if mode == .cached, let known = known(sql.key(types), mode) { return known }
        var operation = PrepareOperation(self, sql, types, isNamed: mode == .cached)
        let statement = try runBlocking(&operation)
        keep(statement, types, mode)
        return statement
    }

    /// The statement of a text without values, for parameters of the types that these have; prepared if it is not yet.
    func preparedAsync(
        _ sql: RenderedSQL, _ parameters: [any PostgresEncodable]
    ) async throws(PostgresError) -> StatementDescription {
        let sql = RenderedSQL(text: sql.text, parameters: parameters)
        try await resolveTypesAsync(sql)
        let (types, mode) = (declaredTypes(of: parameters), mode(of: sql.text, isOwn: true))
        // Only of what the server keeps does it notice that the columns are others by now.
        if mode == .cached, let known = known(sql.key(types), mode) { return known }
        var operation = PrepareOperation(self, sql, types, isNamed: mode == .cached)
        let statement = try await runAsync(&operation)
        keep(statement, types, mode)
        return statement
    }

    /// Keeps a statement in the cache, and has the one closed that goes for it.
    @discardableResult
    func keep(_ statement: StatementDescription, _ declaredTypes: [PostgresOID]) -> StatementDescription {
        if let evicted = statements.insert(statement, declaredTypes) { closing.append(evicted) }
        return statement
    }
}

extension SQL {
    /// The text of a statement that is prepared without values.
    func preparable() throws(PostgresError) -> RenderedSQL {
        let rendered = try render()
        guard rendered.parameters.isEmpty else {
            throw PostgresError(
                .invalidArgument,
                "a statement is prepared without values: write $1, $2, … and give the values when it is run"
            ).with(statement: rendered.text)
        }
        return rendered
    }
}
