/// Why a statement that was prepared or described before is of no more use, as an error of the server says.
///
/// An error counts only if the statement itself is what it is about: the server has run nothing then. Statements that a
/// user prepared by SQL, or a function keeps, end with the same codes.
enum StatementDefect {
    /// The columns are others than when it was prepared: a table was altered since.
    case planChanged
    /// The server does not know it: it was deallocated unseen, or a pooler gave the session another connection.
    case lost
    /// The server has a statement of that name already.
    case duplicate
    /// The formats that were asked for are not those of its columns as they are now.
    case misformatted

    /// - Parameters:
    ///   - name: The name that the server knows the statement by.
    ///   - text: Its SQL.
    init?(_ error: ServerError, name: String) {
        switch error.sqlState {
        // The function's name, since the message may be in any language; CockroachDB has another. A context means that
        // it is about a statement within a function.
        case .some(.featureNotSupported)
        where error.context == nil
            && (error.routine == "RevalidateCachedQuery"
                || error.message == "cached plan must not change result type"):
            self = .planChanged
        case .some(.invalidSqlStatementName) where Self.isAbout(name, error): self = .lost
        case .some(.duplicatePreparedStatement) where Self.isAbout(name, error): self = .duplicate
        case .some(.protocolViolation) where name.isEmpty && error.routine == "PortalSetResultFormat":
            self = .misformatted
        case .some(.undefinedFunction) where name.isEmpty && error.routine == "getTypeBinaryOutputInfo":
            self = .misformatted
        default: return nil
        }
    }

    private static func isAbout(_ name: String, _ error: ServerError) -> Bool {
        guard !name.isEmpty else { return false }
        let (name, message) = (Array(name.utf8), Array(error.message.utf8))
        return message.indices.contains { message[$0...].starts(with: name) }
    }

    /// The error of a statement that cannot be prepared anew without the user's doing.
    func explain(_ error: PostgresError) -> PostgresError {
        switch self {
        case .planChanged, .misformatted: error
        case .lost, .duplicate:
            error.with(code: .preparedStatementLost).with(
                message: """
                    \(error.message); where a pooler hands a session to several connections of the server's, as \
                    PgBouncer does in transaction mode, set statementMode to .described or .unnamed
                    """)
        }
    }
}

extension ConnectionCore {
    /// The question that tells whether a pooler stands between.
    static let processQuestion = "SELECT pg_catalog.pg_backend_pid()"

    /// Whether the answer to ``processQuestion`` is the process that this session was told of: a pooler tells another.
    func isOwnProcess(_ answer: [Rows]) -> Bool {
        guard let key = session.backendKey, let process = try? answer.first?.first?.decode(0, as: Int64.self) else {
            return false
        }
        return process == Int64(Int32(bitPattern: key.processID))
    }
}
