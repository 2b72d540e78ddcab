import Manticore

/// What to change so that a connection comes about, where the error does not say so itself.
enum PingAdvice {
    /// The advice for an error.
    ///
    /// - Parameter configuration: the settings that were tried; nil if they could not be read.
    static func text(for error: PostgresError, _ configuration: ConnectionConfiguration?) -> String? {
        if let state = error.sqlState { return text(for: state, error, configuration) }
        switch error.code {
        case .connectionFailed:
            let hosts = configuration?.hosts ?? []
            if hosts.count > 1 {
                return "check how each host is spelled, its port, and that a server runs and listens there"
            }
            if error.message.contains("could not be resolved") {
                return "check how the host is spelled; a numeric address needs no name service"
            }
            if !hosts.isEmpty, hosts.allSatisfy(\.isUnixSocket) {
                return "start the server, or name the folder of its socket as host "
                    + "(its setting unix_socket_directories) and its port"
            }
            return "check host and port, that the server runs and listens there (its setting listen_addresses), "
                + "and that no firewall is in between"
        case .timedOut:
            return "check host, port and firewalls; connect_timeout gives more time"
        case .connectionLost:
            return "the log of the server, or of the proxy or pooler before it, says why it hung up"
        case .protocolViolation:
            return "check host and port: what answers there does not speak PostgreSQL's protocol as it should"
        case .tls where error.message.contains("does not support TLS"):
            return "switch TLS on in the server (its setting ssl), or do without where nobody can be in between "
                + "(sslmode=disable)"
        case .authenticationFailed where error.message.contains("none is configured"):
            return "give a password with PGPASSWORD, in the password file or in the URL"
        default:
            return nil
        }
    }

    private static func text(
        for state: SQLState, _ error: PostgresError, _ configuration: ConnectionConfiguration?
    ) -> String? {
        switch state {
        case .cannotConnectNow:
            return "wait and try again: the server is starting, stopping or recovering"
        case .tooManyConnections:
            return "end sessions that idle, put a pooler before the server, or raise the limit "
                + "(max_connections, or CONNECTION LIMIT of the role or the database)"
        case .invalidCatalogName:
            let source = configuration?.settings.first { $0.keyword == "dbname" }?.source
            if let source, isUnasked(source) {
                return "name a database (dbname, PGDATABASE, or after the host in the URL): "
                    + "without one it is that of the user's name"
            }
            return "check the name of the database (dbname, PGDATABASE, or after the host in the URL)"
        case .invalidPassword:
            return "check user and password (URL, PGUSER, PGPASSWORD, password file); "
                + "the server does not tell a wrong password from a role that does not exist"
        case .invalidAuthorizationSpecification:
            return "connect as a role that may log in, or let the server's pg_hba.conf admit this one "
                + "from here, with this encryption (sslmode)"
        case .insufficientPrivilege:
            return "GRANT CONNECT ON DATABASE to the role, or use another database"
        default:
            return nil
        }
    }

    private static func isUnasked(_ source: ConnectionSetting.Source) -> Bool {
        switch source {
        case .default, .derived, .system: true
        default: false
        }
    }
}
