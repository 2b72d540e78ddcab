/// One session with a server.
///
/// Not `Sendable`: one task or thread uses it at a time, and the compiler sees to that. A second statement while one is
/// running, or while a stream is open, throws ``PostgresError/Code-swift.struct/connectionBusy``; any use after the scope that lent the
/// connection has ended throws ``PostgresError/Code-swift.struct/connectionClosed``.
///
/// ```swift
/// let connection = try Connection.connect(to: ConnectionConfiguration(url: "postgresql://app@localhost/bank"))
/// defer { connection.close() }
/// let rows = try connection.query("SELECT now()")
/// ```
public final class Connection {
    // nil once a pool has taken the session back.
    @safe @exclusivity(unchecked) fileprivate var held: ConnectionCore?
    private var handler: (@Sendable (PostgresNotification) -> Void)?

    package init(_ core: ConnectionCore) {
        held = core
    }

    /// Connects and blocks the calling thread until the server is ready.
    ///
    /// - Throws: ``PostgresError`` that says which address failed and why.
    @available(*, noasync, message: "in async code write `try await`; in main.swift put it inside a function")
    public static func connect(to configuration: ConnectionConfiguration) throws(PostgresError) -> Connection {
        Connection(try ConnectionCore.connectBlocking(configuration))
    }

    /// Connects and suspends the task until the server is ready.
    ///
    /// - Throws: ``PostgresError`` that says which address failed and why.
    public static func connect(to configuration: ConnectionConfiguration) async throws(PostgresError) -> Connection {
        Connection(try await ConnectionCore.connectAsync(configuration))
    }

    /// Says goodbye to the server and closes; does not wait. Harmless when closed already.
    public func close() {
        held?.close()
    }

    /// Takes the session away from whoever still holds this object.
    package func invalidate() -> ConnectionCore? {
        held?.forgetHolder()
        defer { held = nil }
        return held
    }

    /// When every call gives up that is made while this is set.
    package var deadline: Deadline? {
        get { held?.deadline }
        set { held?.deadline = newValue }
    }

    /// Cancels what the connection is running, from another thread or task, which this object itself cannot be given to.
    ///
    /// ```swift
    /// let canceller = connection.canceller
    /// // on another thread: canceller.cancel()
    /// _ = try connection.query("SELECT pg_sleep(600)")  // throws PostgresError with the code `cancelled`
    /// ```
    ///
    /// It holds for as long as the connection is lent.
    public var canceller: Canceller { Canceller(held?.makeInterrupter() ?? Interrupter()) }

    /// Cancels what the connection is running: an open stream, whose next row throws
    /// ``PostgresError/Code-swift.struct/cancelled`` then. Other threads and tasks use ``canceller``.
    ///
    /// - Returns: Whether something was running.
    @discardableResult
    public func cancel() -> Bool { canceller.cancel() }

    /// Whether a stream was dropped whose rest has yet to be received.
    package var hasAbandonedStream: Bool {
        guard let core = held else { return false }
        return core.isUsable && !core.isBusy && core.isAbandoned
    }

    /// The session, if it must first be brought out of a transaction before others may use it.
    package var unsettledCore: ConnectionCore? {
        guard let core = held, core.isUsable, core.isSettled, core.session.transactionStatus != .idle else {
            return nil
        }
        return core
    }

    /// The first error since ``takeRetryableError()`` that asks for the whole transaction to be repeated.
    package var retryableError: ServerError? { held?.retryableError }

    /// The first error since the last call that asks for the whole transaction to be repeated; forgets it.
    package func takeRetryableError() -> ServerError? {
        defer { held?.retryableError = nil }
        return held?.retryableError
    }

    // MARK: - State

    /// Where the session stands with regard to transactions.
    public var transactionStatus: TransactionStatus { held?.session.transactionStatus ?? .idle }

    /// What the server has reported about itself and the session: `server_version`, `TimeZone`, …
    public var parameters: [String: String] { held?.session.parameters ?? [:] }

    /// Whether the server is CockroachDB.
    public var isCockroachDB: Bool { held?.session.isCockroachDB ?? false }

    /// Whether statements can still be run.
    public var isUsable: Bool { held?.isUsable ?? false }

    /// The server, as `host:port` or the socket's path.
    public var host: String { held?.host ?? "" }

    /// The address that the session goes to, as `192.0.2.7:5432` or the socket's path.
    public var address: String { held?.attempt.address.description ?? "" }

    /// The version of the protocol that is spoken.
    public var protocolVersion: ProtocolVersion { held?.protocolVersion ?? .v3_0 }

    /// What TLS agreed on; nil without TLS.
    public var tls: TLSSummary? { held?.link.tlsSummary }

    /// How the client was authenticated, by the name that `require_auth` gives it.
    public var authentication: String { held?.authentication ?? "" }

    /// Whether the authentication was tied to the TLS channel (SCRAM with channel binding), so that nobody in between can
    /// have passed it on.
    public var usesChannelBinding: Bool { held?.usesChannelBinding ?? false }

    /// The server's process for this session; nil where it is not known.
    public var processID: UInt32? { held?.session.backendKey?.processID }

    /// Called with every notice that the server sends, in the middle of the statement that caused it.
    ///
    /// Without a handler notices are dropped. The handler must not use the connection.
    public var onNotice: (@Sendable (ServerError) -> Void)? {
        get { held?.onNotice }
        set { held?.onNotice = newValue }
    }

    /// Called with every notification that the server sends, for a session that listens by a `LISTEN` of its own.
    ///
    /// Notifications are read only while a statement runs on the connection: one that is there to listen is better
    /// left to ``ConnectionPool/notifications(_:settings:)-(String...,_)``. Without a handler notifications are dropped. The handler must
    /// not use the connection.
    ///
    /// ```swift
    /// connection.onNotification = { print($0.channel, $0.payload) }
    /// try connection.execute("LISTEN jobs")
    /// ```
    public var onNotification: (@Sendable (PostgresNotification) -> Void)? {
        get { handler }
        set {
            handler = newValue
            held?.onNotification = newValue
        }
    }

    /// In which format results are asked for, from the next statement on; binary when a pool lends the connection.
    public var resultFormats: ResultFormats {
        get { held?.resultFormats ?? .binary }
        set { held?.setResultFormats(newValue) }
    }

    /// How statements are run, from the next one on; as the configuration says when a pool lends the connection.
    public var statementMode: StatementMode {
        get { held?.statementMode ?? .cached }
        set { held?.statementMode = newValue }
    }

    // MARK: - Use

    private func available() throws(PostgresError) -> ConnectionCore {
        guard let core = held else {
            throw PostgresError(
                .connectionClosed, "the connection was used after the scope that lent it had ended"
            ).with(isSafeToRetry: true)
        }
        try core.checkAvailable()
        if core.link.start != core.link.end { try core.readWhatIsLeft() }
        return core
    }

    /// The session, ready for a statement: what an earlier call has left behind is put in order first, in the time of this
    /// one.
    ///
    /// - Parameter endsTransaction: Whether it is there only to be given up, with the transaction that may be open.
    package func useBlocking(endsTransaction: Bool = false) throws(PostgresError) -> ConnectionCore {
        let core = try available()
        guard core.isAbandoned || core.isCancelPending else { return core }
        var isCancelled = false
        if core.isAbandoned {
            var settling = SettleOperation(core, endsTransaction: endsTransaction)
            do throws(PostgresError) {
                core.isAbandoned = try !core.runBlocking(&settling, isShielded: endsTransaction)
            } catch {
                core.isAbandoned = false
            }
            isCancelled = settling.isCancelled
        }
        if core.isCancelPending {
            // Of a call whose time is over, too, the connection is worth being kept.
            var check = CancelCheckOperation(core)
            do throws(PostgresError) { try core.runBlocking(&check, isShielded: true) } catch {}
        }
        return try settled(core, isCancelled)
    }

    /// The session after what was left behind was put in order, if there is time left for the call and it was not
    /// cancelled.
    private func settled(_ core: ConnectionCore, _ isCancelled: Bool) throws(PostgresError) -> ConnectionCore {
        let code: PostgresError.Code
        if isCancelled {
            code = .cancelled
        } else if core.isAbandoned || core.deadline?.hasPassed ?? false {
            code = .timedOut
        } else {
            return try available()
        }
        let ending = core.ending.map { "; the connection was closed: \($0.message)" } ?? ""
        throw PostgresError(
            code,
            "the call was ended before anything of it was sent, while what a dropped stream had left was received\(ending)"
        ).with(host: core.host).with(isSafeToRetry: true)
    }

    /// The session, ready for a statement with these parameters.
    package func useBlocking(for sql: RenderedSQL) throws(PostgresError) -> ConnectionCore {
        let core = try useBlocking()
        try core.resolveTypesBlocking(sql)
        return core
    }

    /// The session, ready for a statement with these parameters.
    package func useAsync(for sql: RenderedSQL) async throws(PostgresError) -> ConnectionCore {
        let core = try await useAsync()
        try await core.resolveTypesAsync(sql)
        return core
    }

    /// The session, ready for a statement; the async form of the method above.
    package func useAsync(endsTransaction: Bool = false) async throws(PostgresError) -> ConnectionCore {
        let core = try available()
        guard core.isAbandoned || core.isCancelPending else { return core }
        var isCancelled = false
        if core.isAbandoned {
            var settling = SettleOperation(core, endsTransaction: endsTransaction)
            do throws(PostgresError) {
                core.isAbandoned = try await !core.runAsync(&settling, isShielded: endsTransaction)
            } catch {
                core.isAbandoned = false
            }
            isCancelled = settling.isCancelled
        }
        if core.isCancelPending {
            // Of a cancelled task, too, the connection is worth being kept.
            var check = CancelCheckOperation(core)
            do throws(PostgresError) { try await core.runAsync(&check, isShielded: true) } catch {}
        }
        return try settled(core, isCancelled)
    }
}

extension Connection: ConnectionProvider {
    @available(*, noasync, message: "in async code write `try await`; in main.swift put it inside a function")
    public func withBlockingConnection<Value>(
        _ body: (Connection) throws(PostgresError) -> Value
    ) throws(PostgresError) -> Value {
        try body(self)
    }

    public func withAsyncConnection<Value>(
        _ body: nonisolated(nonsending) (Connection) async throws(PostgresError) -> Value
    ) async throws(PostgresError) -> Value {
        try await body(self)
    }

    public var streamSource: StreamSource {
        StreamSource(
            lendBlocking: { (_) throws(PostgresError) in self }, lendAsync: { (_) async throws(PostgresError) in self })
    }
}

extension Connection {
    /// Prepares a statement, whose parameters are written `$1`, `$2`, …
    ///
    /// - Throws: ``PostgresError`` if the server refuses it.
    @available(*, noasync, message: "in async code write `try await`; in main.swift put it inside a function")
    public func prepare(_ sql: SQL) throws(PostgresError) -> PreparedStatement {
        let core = try useBlocking()
        var operation = PrepareOperation(core, try sql.preparable())
        return PreparedStatement(self, try core.runBlocking(&operation))
    }

    /// Prepares a statement; the async form of the method above.
    public func prepare(_ sql: SQL) async throws(PostgresError) -> PreparedStatement {
        let core = try await useAsync()
        var operation = PrepareOperation(core, try sql.preparable())
        return PreparedStatement(self, try await core.runAsync(&operation))
    }

    /// The session, if it is usable and outside a transaction.
    var settledCore: ConnectionCore? {
        guard let core = held, core.isUsable, core.isSettled, core.session.transactionStatus == .idle else {
            return nil
        }
        return core
    }

    /// Has the server forget a portal, with the next flight.
    func discard(portal: String) {
        held?.closingPortals.append(portal)
    }

    /// Has the server forget a statement, with the next flight.
    func discard(_ statement: StatementDescription) {
        held?.closing.append(statement)
    }
}

extension Connection {
    /// Runs a statement whose rows are to be read a bufferful at a time.
    @usableFromInline
    func batchesBlocking(_ sql: RenderedSQL) throws(PostgresError) -> RowBatchReader {
        RowBatchReader(try useBlocking(for: sql), .sql(sql))
    }

    /// Runs a statement whose rows are to be read a bufferful at a time.
    @usableFromInline
    func batchesAsync(_ sql: RenderedSQL) async throws(PostgresError) -> RowBatchReader {
        RowBatchReader(try await useAsync(for: sql), .sql(sql))
    }
}
