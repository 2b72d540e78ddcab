extension Connection {
    /// What a COPY into a table needs to know, whatever writes the rows.
    struct CopyOrder {
        let table: Identifier
        let columns: [String]?
        let format: CopyFormat
        let freezes: Bool
        let onError: CopyErrorHandling
        /// A statement that was given as text, in place of one that is made of the rest.
        var statement: String?

        func text() throws(PostgresError) -> String {
            if let statement { return statement }
            return try CopyStatement.input(
                into: table, columns: columns, format: format, freezes: freezes, onError: onError)
        }

        /// A query for the types of the columns, for values that go in binary.
        func description() throws(PostgresError) -> RenderedSQL? {
            guard format.isBinary, let columns, statement == nil else { return nil }
            return try SQL(unsafeSQL: try CopyStatement.columns(columns, of: table)).render()
        }
    }

    /// Runs `body` with a writer, and ends the COPY as that ended.
    ///
    /// - Returns: How many rows the server says it took.
    func copyBlocking(_ order: CopyOrder, _ body: (CopyWriter) throws -> Void) throws -> Int {
        let text = try order.text()
        let description = try order.description()
        let core = try useBlocking()
        if let description { try core.learnColumnsBlocking(description) }
        let writer = try CopyWriter(
            core, text, columns: order.columns, describing: description?.text, format: order.format)
        defer { writer.release() }
        do {
            try writer.openBlocking()
            try body(writer)
            return try writer.endBlocking()
        } catch {
            writer.failBlocking(error)
            throw error
        }
    }

    /// Runs `body` with a writer, and ends the COPY as that ended.
    ///
    /// - Returns: How many rows the server says it took.
    func copyAsync(
        _ order: CopyOrder, _ body: nonisolated(nonsending) (CopyWriter) async throws -> Void
    ) async throws -> Int {
        let text = try order.text()
        let description = try order.description()
        let core = try await useAsync()
        if let description { try await core.learnColumnsAsync(description) }
        let writer = try CopyWriter(
            core, text, columns: order.columns, describing: description?.text, format: order.format)
        defer { writer.release() }
        do {
            try await writer.openAsync()
            try await body(writer)
            return try await writer.endAsync()
        } catch {
            await writer.failAsync(error)
            throw error
        }
    }
}

extension ConnectionCore {
    /// Writes a COPY by the simple protocol; before it, in the same flight, what describes its columns.
    ///
    /// - Throws: ``PostgresError/Code-swift.struct/encodingFailed`` if it cannot be sent; nothing is written then.
    func writeCopy(_ text: String, describing description: String?) throws(PostgresError) {
        let start = link.outbound.count
        if let description {
            Frontend.Parse(name: "", sql: description, parameterTypes: []).encode(into: &link.outbound)
            Frontend.Describe(.statement("")).encode(into: &link.outbound)
            Frontend.Sync().encode(into: &link.outbound)
        }
        Frontend.Query(sql: text).encode(into: &link.outbound)
        if let failure = link.outbound.failure {
            link.outbound.rollBack(to: start)
            throw PostgresError(.encodingFailed, "the COPY cannot be sent: \(failure)").with(isSafeToRetry: true)
        }
        if description != nil {
            for reply: ExpectedReply in [.parse, .describeStatement, .sync] { session.expect(reply) }
        }
        session.expect(.simpleQuery)
    }

    private func isKnown(_ description: RenderedSQL) -> Bool {
        learnedColumns[StatementText(text: description.text)].map { !types.isToBeAsked(for: $0) } ?? false
    }

    private func keep(_ description: RenderedSQL, _ own: [PostgresOID]) {
        types.noteAsked(own)
        // Whoever copies into so many tables asks once more now and then.
        if learnedColumns.count >= 256 { learnedColumns.removeAll() }
        learnedColumns[StatementText(text: description.text)] = own
    }

    private func ownTypes(_ statement: StatementDescription) -> [PostgresOID] {
        (statement.columns?.types ?? []).map(\.type).filter { !$0.isBuiltIn }
    }

    /// Sees to it that the types of a table's columns are known before rows of them are written or read: once for a connection,
    /// since a COPY that is under way leaves no room for questions. What the columns are is asked for anew in each COPY.
    func learnColumnsBlocking(_ description: RenderedSQL) throws(PostgresError) {
        guard !isKnown(description) else { return }
        var operation = PrepareOperation(self, description, isNamed: false)
        let statement = try runBlocking(&operation)
        let own = ownTypes(statement)
        _ = try catalogBlocking(of: own)
        keep(description, own)
    }

    /// The async form of the method above.
    func learnColumnsAsync(_ description: RenderedSQL) async throws(PostgresError) {
        guard !isKnown(description) else { return }
        var operation = PrepareOperation(self, description, isNamed: false)
        let statement = try await runAsync(&operation)
        let own = ownTypes(statement)
        _ = try await catalogAsync(of: own)
        keep(description, own)
    }
}
