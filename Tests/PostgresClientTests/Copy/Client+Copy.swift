import PostgresClient

extension Client {
    @discardableResult
    func copy<each Value: PostgresEncodable>(
        into table: Identifier, columns: [String], _ rows: [(repeat each Value)], format: CopyFormat = .binary
    ) async throws -> Int {
        switch face {
        case .blocking: try blockingCopy(table, columns, rows, format)
        case .suspending: try await connection.copy(into: table, columns: columns, rows, format: format)
        }
    }

    private func blockingCopy<each Value: PostgresEncodable>(
        _ table: Identifier, _ columns: [String], _ rows: [(repeat each Value)], _ format: CopyFormat
    ) throws -> Int {
        try connection.copy(into: table, columns: columns, rows, format: format)
    }

    @discardableResult
    func copy<Value: PostgresEncodable>(
        into table: Identifier, columns: [String], _ rows: [Value], format: CopyFormat = .binary
    ) async throws -> Int {
        switch face {
        case .blocking: try blockingCopy(table, columns, rows, format)
        case .suspending: try await connection.copy(into: table, columns: columns, rows, format: format)
        }
    }

    private func blockingCopy<Value: PostgresEncodable>(
        _ table: Identifier, _ columns: [String], _ rows: [Value], _ format: CopyFormat
    ) throws -> Int {
        try connection.copy(into: table, columns: columns, rows, format: format)
    }

    @discardableResult
    func copy(
        into table: Identifier, columns: [String], values rows: [[PostgresValue]], format: CopyFormat = .binary
    ) async throws -> Int {
        switch face {
        case .blocking: try blockingCopy(table, columns, values: rows, format)
        case .suspending: try await connection.copy(into: table, columns: columns, values: rows, format: format)
        }
    }

    private func blockingCopy(
        _ table: Identifier, _ columns: [String], values rows: [[PostgresValue]], _ format: CopyFormat
    ) throws -> Int {
        try connection.copy(into: table, columns: columns, values: rows, format: format)
    }

    @discardableResult
    func copy<Row: Encodable>(
        into table: Identifier, columns: [String]? = nil, structures rows: [Row], keys: ColumnKeyStrategy = .exact,
        format: CopyFormat = .binary
    ) async throws -> Int {
        switch face {
        case .blocking: try blockingCopy(table, columns, structures: rows, keys, format)
        case .suspending:
            try await connection.copy(into: table, columns: columns, rows, keys: keys, format: format)
        }
    }

    private func blockingCopy<Row: Encodable>(
        _ table: Identifier, _ columns: [String]?, structures rows: [Row], _ keys: ColumnKeyStrategy,
        _ format: CopyFormat
    ) throws -> Int {
        try connection.copy(into: table, columns: columns, rows, keys: keys, format: format)
    }

    @discardableResult
    func copy(
        into table: Identifier, columns: [String]? = nil, format: CopyFormat, bytes: [UInt8],
        onError: CopyErrorHandling = .stop
    ) async throws -> Int {
        switch face {
        case .blocking: try blockingCopy(table, columns, format, bytes: bytes, onError)
        case .suspending:
            try await connection.copy(into: table, columns: columns, format: format, bytes: bytes, onError: onError)
        }
    }

    private func blockingCopy(
        _ table: Identifier, _ columns: [String]?, _ format: CopyFormat, bytes: [UInt8], _ onError: CopyErrorHandling
    ) throws -> Int {
        try connection.copy(into: table, columns: columns, format: format, bytes: bytes, onError: onError)
    }

    /// Copies what `next` gives, until that is nil.
    @discardableResult
    func copy(
        into table: Identifier, columns: [String], format: CopyFormat = .binary,
        next: (Int) throws -> (Int, String?)?
    ) async throws -> Int {
        switch face {
        case .blocking: return try blockingCopy(table, columns, format, next)
        case .suspending:
            return try await connection.copy(into: table, columns: columns, format: format) { writer in
                var index = 0
                while let (number, text) = try next(index) {
                    try await writer.write(number, text)
                    index += 1
                }
            }
        }
    }

    private func blockingCopy(
        _ table: Identifier, _ columns: [String], _ format: CopyFormat, _ next: (Int) throws -> (Int, String?)?
    ) throws -> Int {
        try connection.copy(into: table, columns: columns, format: format) { writer in
            var index = 0
            while let (number, text) = try next(index) {
                try writer.write(number, text)
                index += 1
            }
        }
    }

    func all<each Value: PostgresDecodable>(
        _ stream: TupleStream<repeat each Value>
    ) async throws(PostgresError) -> [(repeat each Value)] {
        var rows: [(repeat each Value)] = []
        while let row = try await next(stream) { rows.append(row) }
        return rows
    }

    // A tuple of one by way of a pack is not yet the type itself to `==`.
    func all<Value: PostgresDecodable>(_ stream: TupleStream<Value>) async throws(PostgresError) -> [Value] {
        var rows: [Value] = []
        while let row = try await next(stream) { rows.append(row) }
        return rows
    }

    func next(_ stream: CopyStream) async throws(PostgresError) -> [UInt8]? {
        switch face {
        case .blocking: try blockingNext(stream)
        case .suspending: try await stream.next()
        }
    }

    private func blockingNext(_ stream: CopyStream) throws(PostgresError) -> [UInt8]? { try stream.next() }

    /// Everything that a COPY gives, as text.
    func text(_ stream: CopyStream) async throws(PostgresError) -> String {
        var bytes: [UInt8] = []
        while let piece = try await next(stream) { bytes += piece }
        return String(decoding: bytes, as: UTF8.self)
    }
}
