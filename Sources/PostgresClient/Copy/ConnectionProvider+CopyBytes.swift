extension ConnectionProvider {
    /// Copies bytes into a table that are rows in a format already.
    ///
    /// ```swift
    /// try db.copy(into: "users", format: .csv(header: true), bytes: Array("id,name\n1,Ann\n".utf8))
    /// ```
    ///
    /// - Parameters:
    ///   - table: The table.
    ///   - columns: The columns that the rows have, in their order; nil for those of the table.
    ///   - format: What the bytes are.
    ///   - bytes: The rows; in binary with its beginning and its end.
    ///   - onError: What the server does with rows that it cannot read.
    /// - Returns: How many rows the server took.
    /// - Throws: ``PostgresError``. After any error none of the rows is there.
    @available(*, noasync, message: "in async code write `try await`; in main.swift put it inside a function")
    @discardableResult
    public func copy(
        into table: Identifier, columns: [String]? = nil, format: CopyFormat, bytes: [UInt8],
        onError: CopyErrorHandling = .stop
    ) throws -> Int {
        try copyBlocking(into: table, columns: columns, format: format, onError: onError) {
            try $0.write(bytes: bytes)
        }
    }

    /// Copies bytes into a table; the async form of the method above.
    @discardableResult
    public func copy(
        into table: Identifier, columns: [String]? = nil, format: CopyFormat, bytes: [UInt8],
        onError: CopyErrorHandling = .stop
    ) async throws -> Int {
        try await copyAsync(into: table, columns: columns, format: format, onError: onError) {
            try await $0.write(bytes: bytes)
        }
    }

    /// Copies pieces of bytes into a table, which need not end where rows do, as a sequence has them.
    @available(*, noasync, message: "in async code write `try await`; in main.swift put it inside a function")
    @discardableResult
    public func copy<Chunks: Sequence>(
        into table: Identifier, columns: [String]? = nil, format: CopyFormat, chunks: Chunks,
        onError: CopyErrorHandling = .stop
    ) throws -> Int where Chunks.Element: Collection<UInt8> {
        try copyBlocking(into: table, columns: columns, format: format, onError: onError) { writer in
            for chunk in chunks { try writer.write(bytes: chunk) }
        }
    }

    /// Copies pieces of bytes into a table; the async form of the method above.
    @discardableResult
    public func copy<Chunks: Sequence>(
        into table: Identifier, columns: [String]? = nil, format: CopyFormat, chunks: Chunks,
        onError: CopyErrorHandling = .stop
    ) async throws -> Int where Chunks.Element: Collection<UInt8> {
        try await copyAsync(into: table, columns: columns, format: format, onError: onError) { writer in
            for chunk in chunks { try await writer.write(bytes: chunk) }
        }
    }

    /// Copies pieces of bytes into a table as a sequence has them ready. What it throws comes out as it is; none of the
    /// rows is there then.
    @discardableResult
    public func copy<Chunks: AsyncSequence>(
        into table: Identifier, columns: [String]? = nil, format: CopyFormat, chunks: Chunks,
        onError: CopyErrorHandling = .stop
    ) async throws -> Int where Chunks.Element: Collection<UInt8> {
        try await copyAsync(into: table, columns: columns, format: format, onError: onError) { writer in
            for try await chunk in chunks { try await writer.write(bytes: chunk) }
        }
    }

    /// Copies a file of this machine into a table, 64 KiB at a time.
    ///
    /// ```swift
    /// try db.copy(into: "users", format: .csv(header: true), file: "users.csv")
    /// ```
    ///
    /// - Throws: ``PostgresError/Code-swift.struct/invalidArgument`` if the file cannot be read; otherwise as for bytes.
    @available(*, noasync, message: "in async code write `try await`; in main.swift put it inside a function")
    @discardableResult
    public func copy(
        into table: Identifier, columns: [String]? = nil, format: CopyFormat, file path: String,
        onError: CopyErrorHandling = .stop
    ) throws -> Int {
        let file = try CopyFileReader(path: path)
        return try copyBlocking(into: table, columns: columns, format: format, onError: onError) { writer in
            while case let piece = try file.next(), !piece.isEmpty { try writer.write(bytes: piece) }
        }
    }

    /// Copies a file of this machine into a table; the async form of the method above.
    @discardableResult
    public func copy(
        into table: Identifier, columns: [String]? = nil, format: CopyFormat, file path: String,
        onError: CopyErrorHandling = .stop
    ) async throws -> Int {
        let file = try CopyFileReader(path: path)
        return try await copyAsync(into: table, columns: columns, format: format, onError: onError) { writer in
            while case let piece = try file.next(), !piece.isEmpty { try await writer.write(bytes: piece) }
        }
    }
}
