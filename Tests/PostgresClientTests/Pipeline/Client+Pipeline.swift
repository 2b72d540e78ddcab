import PostgresClient

extension Client {
    @discardableResult
    func pipeline<Value>(
        _ mode: PipelineMode = .atomic, _ body: (Pipeline) throws -> Value
    ) async throws -> Value {
        switch face {
        case .blocking: try blockingPipeline(mode, body)
        case .suspending: try await connection.pipeline(mode, body)
        }
    }

    private func blockingPipeline<Value>(_ mode: PipelineMode, _ body: (Pipeline) throws -> Value) throws -> Value {
        try connection.pipeline(mode, body)
    }

    @discardableResult
    func executeMany<each Parameter: PostgresEncodable>(
        _ sql: SQL, _ rows: some Sequence<(repeat each Parameter)>
    ) async throws(PostgresError) -> Int {
        switch face {
        case .blocking: try blockingExecuteMany(sql, rows)
        case .suspending: try await connection.executeMany(sql, rows)
        }
    }

    private func blockingExecuteMany<each Parameter: PostgresEncodable>(
        _ sql: SQL, _ rows: some Sequence<(repeat each Parameter)>
    ) throws(PostgresError) -> Int {
        try connection.executeMany(sql, rows)
    }

    func queryMany<each Parameter: PostgresEncodable, each Value: PostgresDecodable>(
        _ sql: SQL, _ rows: some Sequence<(repeat each Parameter)>, as type: (repeat each Value).Type
    ) async throws(PostgresError) -> [(repeat each Value)] {
        switch face {
        case .blocking: try blockingQueryMany(sql, rows, as: type)
        case .suspending: try await connection.queryMany(sql, rows, as: type)
        }
    }

    private func blockingQueryMany<each Parameter: PostgresEncodable, each Value: PostgresDecodable>(
        _ sql: SQL, _ rows: some Sequence<(repeat each Parameter)>, as type: (repeat each Value).Type
    ) throws(PostgresError) -> [(repeat each Value)] {
        try connection.queryMany(sql, rows, as: type)
    }

    @discardableResult
    func executeMany<Parameter: PostgresEncodable>(
        _ sql: SQL, _ values: some Sequence<Parameter>
    ) async throws(PostgresError) -> Int {
        switch face {
        case .blocking: try blockingExecuteMany(sql, values)
        case .suspending: try await connection.executeMany(sql, values)
        }
    }

    private func blockingExecuteMany<Parameter: PostgresEncodable>(
        _ sql: SQL, _ values: some Sequence<Parameter>
    ) throws(PostgresError) -> Int {
        try connection.executeMany(sql, values)
    }

    func queryMany<Parameter: PostgresEncodable, each Value: PostgresDecodable>(
        _ sql: SQL, _ values: some Sequence<Parameter>, as type: (repeat each Value).Type
    ) async throws(PostgresError) -> [(repeat each Value)] {
        switch face {
        case .blocking: try blockingQueryMany(sql, values, as: type)
        case .suspending: try await connection.queryMany(sql, values, as: type)
        }
    }

    private func blockingQueryMany<Parameter: PostgresEncodable, each Value: PostgresDecodable>(
        _ sql: SQL, _ values: some Sequence<Parameter>, as type: (repeat each Value).Type
    ) throws(PostgresError) -> [(repeat each Value)] {
        try connection.queryMany(sql, values, as: type)
    }
}
