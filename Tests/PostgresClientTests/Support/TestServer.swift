import ManticoreTesting
import PostgresClient

/// The server that the tests share: started by the first that needs it, gone with the process.
enum TestServer {
    private static let started = Result { () throws(PostgresError) in
        try EphemeralPostgres.start(
            .init(
                settings: ["max_connections": "150", "log_min_messages": "notice", "log_connections": "off"],
                hostBasedAuthentication: ["host all trusted 127.0.0.1/32 trust", "host all md5user 127.0.0.1/32 md5"],
                tls: true, shutdownGrace: .seconds(2)))
    }

    static var server: EphemeralPostgres {
        get throws { try started.get() }
    }

    /// The configuration of a connection by this route.
    static func configuration(_ route: Route = .tcp, database: String? = nil) throws -> ConnectionConfiguration {
        try configuration(server, route, database: database)
    }

    /// The configuration of a connection by this route to some server.
    static func configuration(
        _ server: EphemeralPostgres, _ route: Route = .tcp, database: String? = nil
    ) throws -> ConnectionConfiguration {
        var configuration = try ConnectionConfiguration.resolve(
            connectionString: route == .socket ? server.socketURL : server.url, database: database, environment: [:])
        if route == .tcp { configuration.requestedSSLMode = .disable }
        return configuration
    }

    /// A pool of connections to the shared server.
    static func pool(
        _ maxConnections: Int = 4, acquireTimeout: Duration? = .seconds(30), _ route: Route = .tcp
    ) throws -> ConnectionPool {
        var limits = PoolConfiguration()
        limits.maxConnections = maxConnections
        limits.acquireTimeout = acquireTimeout
        return ConnectionPool(try configuration(route), limits)
    }
}

/// How a connection comes to the server.
enum Route: CaseIterable, Sendable {
    /// TCP without TLS, with SCRAM.
    case tcp
    /// TCP with TLS and `verify-full`, with SCRAM and channel binding.
    case tls
    /// A Unix socket.
    case socket
}
