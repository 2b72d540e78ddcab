/// What went wrong, and to what.
///
/// One type for everything that this package throws. Its description says the code, the SQLSTATE, the server's
/// message, detail and hint, and the statement with a caret where the server gave a position. Bound values and
/// passwords are never part of it.
///
/// ```swift
/// do {
///     try db.insert("users", ["email": "a@example.com"])
/// } catch {
///     guard error.sqlState == .uniqueViolation else { throw error }
///     print("taken:", error.server?.constraint ?? "")
/// }
/// ```
public struct PostgresError: Error, Sendable {
    /// The kind of failure; more kinds may come in later versions.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        let name: String

        /// Makes a code of a layer above; `name` is what the description shows.
        public init(_ name: String) { self.name = name }

        public var description: String { name }

        /// The server refused the statement or the session; ``PostgresError/server`` says why.
        public static let server = Code("server error")
        /// No connection could be made.
        public static let connectionFailed = Code("connection failed")
        /// The connection ended unexpectedly; what was running outside a transaction may or may not have happened.
        public static let connectionLost = Code("connection lost")
        /// The deadline passed.
        public static let timedOut = Code("timed out")
        /// The task or the call was cancelled.
        public static let cancelled = Code("cancelled")
        /// The peer sent what the protocol does not allow; the connection is closed.
        public static let protocolViolation = Code("protocol violation")
        /// The server sent a longer message than the configuration allows; the connection is closed.
        public static let messageTooLong = Code("message too long")
        /// TLS could not be agreed, or the certificate is not trusted.
        public static let tls = Code("TLS failed")
        /// The server asked for what the configuration does not allow or give, or could not prove itself.
        public static let authenticationFailed = Code("authentication failed")
        /// A setting is missing, malformed or asks for what is not supported.
        public static let invalidConfiguration = Code("invalid configuration")
        /// An argument of the call is not allowed.
        public static let invalidArgument = Code("invalid argument")
        /// A value cannot be sent.
        public static let encodingFailed = Code("cannot encode")
        /// A value cannot be read as the type asked for.
        public static let decodingFailed = Code("cannot decode")
        /// The connection is already running something.
        public static let connectionBusy = Code("connection busy")
        /// The connection is closed, or was given back to its pool.
        public static let connectionClosed = Code("connection closed")
        /// No connection came free in time.
        public static let poolExhausted = Code("pool exhausted")
        /// The connection was lost while a commit, or a statement outside a transaction, was under way: neither
        /// success nor failure, and never retried.
        public static let outcomeUnknown = Code("outcome unknown")
        /// COMMIT was answered by ROLLBACK: the transaction had failed before.
        public static let transactionRolledBack = Code("transaction rolled back")
        /// The statement was skipped or undone because another one of its pipeline failed.
        public static let pipelineAborted = Code("pipeline aborted")
        /// No row where one was needed.
        public static let noRows = Code("no rows")
        /// The server does not know a statement that this session prepared; mostly because a pooler stands between,
        /// which another mode of running statements is for.
        public static let preparedStatementLost = Code("prepared statement lost")
        /// The server lacks what was asked for.
        public static let unsupported = Code("not supported")
    }

    final class Storage: Sendable {
        let fields: Fields
        init(_ fields: Fields) { self.fields = fields }
    }

    struct Fields: Sendable {
        var code: Code
        var message: String
        var server: ServerError?
        var host: String?
        var statement: String?
        var place: Place?
        var isSafeToRetry = false
    }

    /// Where a statement begins in a longer text.
    struct Place: Sendable {
        /// What the text is called; nil if it has no name.
        var source: String?
        var location: SQLLocation
    }

    // One reference, so that a function that may throw this returns no more than a word for it.
    private var storage: Storage

    private func with(_ change: (inout Fields) -> Void) -> PostgresError {
        var fields = storage.fields
        change(&fields)
        var copy = self
        copy.storage = Storage(fields)
        return copy
    }

    /// Makes an error that did not come from the server.
    public init(_ code: Code, _ message: String) {
        storage = Storage(Fields(code: code, message: message))
    }

    /// Makes an error from what the server said.
    public init(_ server: ServerError) {
        storage = Storage(Fields(code: .server, message: server.message, server: server))
    }

    /// The kind of failure.
    public var code: Code { storage.fields.code }
    /// What happened, in a sentence.
    public var message: String { storage.fields.message }
    /// The server's fields, if the server said it.
    public var server: ServerError? { storage.fields.server }
    /// The SQLSTATE, if the server said it.
    public var sqlState: SQLState? { storage.fields.server?.sqlState }
    /// The server that it happened with, as `host:port` or the socket's path.
    public var host: String? { storage.fields.host }
    /// The SQL text that failed, without its values.
    public var statement: String? { storage.fields.statement }
    /// Where the statement begins, if it is from a longer text.
    var statementPlace: Place? { storage.fields.place }
    /// Whether nothing can have happened on the server, so that the same call may be made again.
    public var isSafeToRetry: Bool { storage.fields.isSafeToRetry }

    /// The same error, naming the server.
    public func with(host: String?) -> PostgresError { with { $0.host = $0.host ?? host } }
    /// The same error, naming the statement; the first name given stays.
    public func with(statement: String?) -> PostgresError { with { $0.statement = $0.statement ?? statement } }
    /// The same error, whose statement begins at a place in a longer text: the description counts lines and columns from
    /// there, and calls the text by its name.
    package func with(place location: SQLLocation, of source: String?) -> PostgresError {
        with { $0.place = Place(source: source, location: location) }
    }
    /// The same error with another kind, for a layer that knows more about what was under way.
    public func with(code: Code) -> PostgresError { with { $0.code = code } }
    /// The same error with another sentence.
    public func with(message: String) -> PostgresError { with { $0.message = message } }
    /// The same error, marked as safe or unsafe to retry.
    public func with(isSafeToRetry: Bool) -> PostgresError { with { $0.isSafeToRetry = isSafeToRetry } }
}
