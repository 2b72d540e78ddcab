extension ConnectionCore {
    /// The types to declare for parameters: CockroachDB wants text to be called text, PostgreSQL infers better.
    func declaredTypes(of parameters: [any PostgresEncodable]) -> [PostgresOID] {
        guard !parameters.isEmpty else { return [] }
        let isCockroachDB = session.isCockroachDB
        return parameters.map { parameter in
            let type = parameter.postgresType
            if type == .unspecified, let name = parameter.postgresTypeName, let number = typeNumber(of: name) {
                return number
            }
            return isCockroachDB && type == .unspecified ? parameter.postgresFallbackType : type
        }
    }

    /// Writes Parse, Describe and Flush; nothing, if something in them cannot be sent.
    ///
    /// - Parameter isNamed: Whether the server is to keep the statement, not only until the next one.
    func writeDescription(of sql: RenderedSQL, _ types: [PostgresOID], isNamed: Bool) throws(PostgresError) {
        // The values come only after the server has answered. What cannot be sent must show before anything is.
        var rehearsal = WireWriter()
        try Self.writeParameters(sql.parameters, into: &rehearsal, statement: sql.text)
        let start = link.outbound.count
        writeCloses()
        let name = isNamed ? nextStatementName() : ""
        Frontend.Parse(name: name, sql: sql.text, parameterTypes: types).encode(into: &link.outbound)
        Frontend.Describe(.statement(name)).encode(into: &link.outbound)
        Frontend.Flush().encode(into: &link.outbound)
        try checkWritten(from: start, statement: sql.text)
        expectCloses()
        session.expect(.parse)
        session.expect(.describeStatement)
        replies.expectDescription()
        describing = (name, sql.text)
    }

    /// Drops a statement if the error says that it is of no more use.
    ///
    /// - Returns: Whether it was dropped, so that preparing it anew may help.
    func forgets(_ statement: StatementDescription, _ error: ServerError) -> Bool {
        guard let defect = StatementDefect(error, name: statement.name) else { return false }
        return forget(statement, isKnownToServer: defect != .lost)
    }

    /// How a statement is run.
    ///
    /// - Parameter isOwn: Whether it is one of this library's own, which may have values in every mode.
    func mode(of text: String, isOwn: Bool = false) -> StatementMode {
        switch statementMode {
        case .simple: isOwn ? .described : .simple
        case .described: .described
        // Without room nothing is worth a name.
        case .cached where statements.capacity == 0, .unnamed where descriptions.capacity == 0: .described
        case let mode: StatementDescription.dependsOnAnother(text) ? .described : mode
        }
    }

    /// What is known of a statement that is run in this mode.
    func known(_ key: StatementCache.Key, _ mode: StatementMode) -> StatementDescription? {
        switch mode {
        case .cached: statements.statement(for: key)
        case .unnamed: descriptions.statement(for: key)
        case .described, .simple: nil
        }
    }

    /// Keeps what the server has said of a statement.
    ///
    /// - Parameter declaredTypes: The types that were declared for its parameters.
    func keep(_ statement: StatementDescription, _ declaredTypes: [PostgresOID], _ mode: StatementMode) {
        switch mode {
        case .cached: keep(statement, declaredTypes)
        case .unnamed: _ = descriptions.insert(statement, declaredTypes)
        case .described, .simple: return
        }
    }

    /// Forgets a statement and has the server forget it, too.
    ///
    /// - Returns: Whether it was known here.
    @discardableResult
    func forget(_ statement: StatementDescription, isKnownToServer: Bool) -> Bool {
        guard statements.remove(statement) else { return descriptions.remove(statement) }
        if isKnownToServer { closing.append(statement) }
        return true
    }

    func describedStatement() -> StatementDescription {
        replies.isDescribing = false
        return described(
            name: describing.name, text: describing.text, parameterTypes: replies.parameterTypes,
            columns: replies.columns)
    }

    /// Makes a statement of what the server has described, with the formats that its columns are to be asked for in.
    func described(
        name: String, text: String, parameterTypes: [PostgresOID], columns: RowColumns
    ) -> StatementDescription {
        let chosen = columns.descriptions.map { column in
            var column = column
            column.format = resultFormats.format(for: column.typeOID)
            return column
        }
        return StatementDescription(
            name: name, text: text, parameterTypes: parameterTypes,
            columns: chosen.isEmpty ? nil : RowColumns(chosen, types))
    }

    /// Writes Bind, Execute and Sync; nothing, if a value cannot be sent.
    func writeExecution(of statement: StatementDescription, _ sql: RenderedSQL) throws(PostgresError) {
        let start = link.outbound.count
        writeCloses()
        do throws(PostgresError) {
            try writeBind(statement.name, sql) { Self.writeResultFormats(of: statement, into: &$0) }
        } catch {
            link.outbound.rollBack(to: start)
            throw error
        }
        try finishExecution(from: start, statement)
    }

    /// Writes everything at once, for a statement without a name that was described before.
    func writeWhole(
        _ sql: RenderedSQL, _ types: [PostgresOID], as statement: StatementDescription
    ) throws(PostgresError) {
        let start = link.outbound.count
        writeCloses()
        Frontend.Parse(sql: sql.text, parameterTypes: types).encode(into: &link.outbound)
        do throws(PostgresError) {
            try writeBind("", sql) { Self.writeResultFormats(of: statement, into: &$0) }
        } catch {
            link.outbound.rollBack(to: start)
            throw error
        }
        Frontend.Describe(.portal("")).encode(into: &link.outbound)
        link.outbound.write(bytes: Self.executeAndSync)
        try checkWritten(from: start, statement: sql.text)
        expectCloses()
        for reply: ExpectedReply in [.parse, .bind, .describeRows, .execute, .sync] { session.expect(reply) }
        replies.columns = .none
        replies.isDescribingPortal = true
    }

    /// Writes a query of the simple protocol.
    func writeQuery(_ text: String) throws(PostgresError) {
        let start = link.outbound.count
        // Closes belong to the other protocol; they wait for it.
        Frontend.Query(sql: text).encode(into: &link.outbound)
        try checkWritten(from: start, statement: text)
        session.expect(.simpleQuery)
    }

    /// Writes Bind of the unnamed portal; what was written must be taken back if a value cannot be sent.
    func writeBind(
        _ name: String, _ sql: RenderedSQL, resultFormats: (inout WireWriter) -> Void
    ) throws(PostgresError) {
        try Self.writeBind("", name, sql, into: &link.outbound, resultFormats: resultFormats)
    }

    static func writeBind(
        _ portal: String, _ name: String, _ sql: RenderedSQL, into writer: inout WireWriter,
        resultFormats: (inout WireWriter) -> Void
    ) throws(PostgresError) {
        var failure: PostgresError?
        writer.message(MessageType.bind) { writer in
            writer.writeCString(portal)
            writer.writeCString(name)
            do throws(PostgresError) {
                try writeParameters(sql.parameters, into: &writer, statement: sql.text)
            } catch {
                failure = error
            }
            resultFormats(&writer)
        }
        if let failure { throw failure }
    }

    /// Writes Execute and Sync after a Bind that began at `start`.
    func finishExecution(from start: Int, _ statement: StatementDescription) throws(PostgresError) {
        link.outbound.write(bytes: Self.executeAndSync)
        try checkWritten(from: start, statement: statement.text)
        expectCloses()
        session.expect(.bind)
        session.expect(.execute)
        session.expect(.sync)
    }

    /// Execute of the unnamed portal without a row limit, which would rule out parallel plans.
    static let execute = bytes(Frontend.Execute(portal: "", maximumRows: 0))

    private static let executeAndSync = execute + bytes(Frontend.Sync())

    private static func bytes(_ message: some WireMessage) -> [UInt8] {
        var writer = WireWriter()
        message.encode(into: &writer)
        return writer.bytes
    }

    static func writeResultFormats(of statement: StatementDescription, into writer: inout WireWriter) {
        let columns = statement.columns?.descriptions ?? []
        if columns.allSatisfy({ $0.format == .binary }) {
            writer.write(count: 1)
            writer.write(PostgresFormat.binary.rawValue)
        } else {
            writer.write(count: columns.count)
            for column in columns { writer.write(column.format.rawValue) }
        }
    }

    /// Writes the part of Bind that holds the parameters.
    static func writeParameters(
        _ parameters: [any PostgresEncodable], into writer: inout WireWriter, statement: String
    ) throws(PostgresError) {
        writer.write(count: parameters.count)
        for parameter in parameters { writer.write(parameter.postgresFormat.rawValue) }
        writer.write(count: parameters.count)
        for (index, parameter) in parameters.enumerated() {
            if parameter.isNull {
                writer.write(Int32(-1))
            } else {
                writer.lengthPrefixed { parameter.encode(into: &$0) }
            }
            if let failure = writer.failure {
                throw PostgresError(.encodingFailed, "parameter $\(index + 1) cannot be sent: \(failure)")
                    .with(statement: statement).with(isSafeToRetry: true)
            }
        }
    }

    private func checkWritten(from start: Int, statement: String) throws(PostgresError) {
        guard let failure = link.outbound.failure else { return }
        link.outbound.rollBack(to: start)
        throw PostgresError(.encodingFailed, "the statement cannot be sent: \(failure)").with(isSafeToRetry: true)
    }

    /// Writes the Closes that ride along; they are owed until they have really been sent.
    func writeCloses() {
        guard !closing.isEmpty || !closingPortals.isEmpty else { return }
        for statement in closing { Frontend.Close(.statement(statement.name)).encode(into: &link.outbound) }
        for portal in closingPortals { Frontend.Close(.portal(portal)).encode(into: &link.outbound) }
    }

    func expectCloses() {
        guard !closing.isEmpty || !closingPortals.isEmpty else { return }
        for _ in 0..<closing.count + closingPortals.count { session.expect(.close) }
        closing.removeAll()
        closingPortals.removeAll()
    }
}
