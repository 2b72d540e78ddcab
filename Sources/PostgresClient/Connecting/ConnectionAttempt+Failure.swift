extension ConnectionAttempt {
    /// What a try came to that made no session, as far as it matters for what is tried next.
    enum Failure: Sendable {
        /// The address could not be reached, was too slow, or the connection was lost.
        case unreachable(PostgresError)
        /// The handshake, the certificate or its name failed, or there is no TLS where it is demanded.
        case tls(PostgresError)
        /// The server sent an error before it had authenticated the client.
        case refused(PostgresError)
        /// The server does not take sessions yet (57P03).
        case notYet(PostgresError)
        /// The server may know no version of the protocol but 3.0.
        case version(PostgresError)
        /// The session was made, but the server is not of the kind asked for.
        case unsuitable(PostgresError)
        /// Ours, or the same everywhere, or after authentication: nothing else is tried.
        case final(PostgresError)

        var error: PostgresError {
            switch self {
            case .unreachable(let error), .tls(let error), .refused(let error), .notYet(let error),
                .version(let error), .unsuitable(let error), .final(let error):
                error
            }
        }
    }

    /// How far a try had come.
    enum Stage: Sendable {
        /// The socket and TLS were being set up.
        case dialling
        /// The startup message was sent.
        case starting
        /// The server has asked for authentication or settled the version: it has understood the startup message.
        case authenticating
        /// A credential was asked for, and its provider failed.
        case credentials
        /// AuthenticationOk had come.
        case authenticated
    }

    /// What an error at some stage means for the next try.
    ///
    /// Source: libpq's `PQconnectPoll`, which ends at once where this says ``Failure/final(_:)``. A connection that is
    /// lost leads on to the next address here, as a timeout does there.
    func failure(_ error: PostgresError, at stage: Stage) -> Failure {
        switch error.code {
        // Whatever it says, it says nothing about this server.
        case _ where stage == .credentials: return .final(error)
        case .connectionFailed, .connectionLost, .timedOut: return .unreachable(error)
        // Later it is the server that refuses the client's certificate, which no other way makes better.
        case .tls where stage == .dialling: return .tls(error)
        case .server where stage == .starting || stage == .authenticating:
            if error.sqlState == .cannotConnectNow { return .notYet(error) }
            // PostgreSQL before 9.3 says 0A000, poolers and CockroachDB 08P01, each in words of its own.
            let isAboutVersion = error.sqlState == .featureNotSupported || error.sqlState == .protocolViolation
            let mayBeAboutVersion = isAboutVersion && stage == .starting && protocolVersion > .v3_0
            return mayBeAboutVersion ? .version(error) : .refused(error)
        default: return .final(error)
        }
    }
}
