import Manticore

/// How an attempt to connect came out; the numbers are pg_isready's exit statuses.
enum PingOutcome: Int32, CustomStringConvertible {
    case connected = 0
    /// Somebody answered, and there is no session all the same.
    case refused = 1
    /// Nobody answered: no such host, nobody listens, or too late.
    case noAnswer = 2
    /// No attempt was made.
    case badParameters = 3

    /// What an error from connecting means.
    init(_ error: PostgresError) {
        self =
            switch error.code {
            case .invalidConfiguration, .invalidArgument: .badParameters
            case .connectionFailed, .timedOut, .connectionLost: .noAnswer
            default: .refused
            }
    }

    var description: String {
        switch self {
        case .connected: "connected"
        case .refused: "refused"
        case .noAnswer: "no answer"
        case .badParameters: "bad parameters"
        }
    }
}
