extension ConnectionKeyword {
    /// Every keyword of libpq 18, in libpq's order.
    public static let all: [ConnectionKeyword] = session + network + security + others

    private static let session: [ConnectionKeyword] = [
        ConnectionKeyword(
            "service", environment: "PGSERVICE", allowsEmpty: false,
            "group of the service file that gives further settings"),
        ConnectionKeyword("user", environment: "PGUSER", "role to log in as; by default the system user's name"),
        ConnectionKeyword("password", environment: "PGPASSWORD", secret: true, "password of the role"),
        ConnectionKeyword(
            "passfile", environment: "PGPASSFILE", "file that holds passwords; by default ~/.pgpass"),
        ConnectionKeyword(
            "channel_binding", environment: "PGCHANNELBINDING", default: "prefer", allowsEmpty: false,
            "whether SCRAM is tied to the TLS session: disable, prefer, require"),
        ConnectionKeyword(
            "connect_timeout", environment: "PGCONNECT_TIMEOUT", default: "15", allowsEmpty: false,
            "seconds until connecting to an address is given up; 0 or less waits for ever"),
        ConnectionKeyword("dbname", environment: "PGDATABASE", "database; by default named as the user"),
        ConnectionKeyword(
            "host", environment: "PGHOST",
            "host names, addresses or folders of Unix sockets, separated by commas; by default a socket that is there, "
                + "else localhost"),
        ConnectionKeyword(
            "hostaddr", environment: "PGHOSTADDR",
            "numeric addresses to connect to, in place of resolving the hosts"),
        ConnectionKeyword(
            "port", environment: "PGPORT", default: "5432", "port of all hosts, or as many ports as hosts"),
        ConnectionKeyword(
            "client_encoding", environment: "PGCLIENTENCODING", default: "UTF8",
            "encoding of text; always UTF8, which auto is taken for"),
        ConnectionKeyword("options", environment: "PGOPTIONS", "command-line options for the server's session"),
        ConnectionKeyword("application_name", environment: "PGAPPNAME", "name shown in pg_stat_activity"),
        ConnectionKeyword("fallback_application_name", "application_name where that is not given"),
    ]

    private static let network: [ConnectionKeyword] = [
        ConnectionKeyword("keepalives", default: "1", allowsEmpty: false, "whether TCP keepalives are sent: 1 or 0"),
        ConnectionKeyword(
            "keepalives_idle", allowsEmpty: false, "seconds of silence before the first keepalive; 0 is the system's"),
        ConnectionKeyword(
            "keepalives_interval", allowsEmpty: false,
            "seconds between unanswered keepalives; 0 is the system's"),
        ConnectionKeyword(
            "keepalives_count", allowsEmpty: false,
            "unanswered keepalives that end the connection; 0 is the system's"),
        ConnectionKeyword(
            "tcp_user_timeout", allowsEmpty: false,
            "milliseconds that sent bytes may stay unacknowledged; 0 is the system's"),
    ]

    private static let security: [ConnectionKeyword] = [
        ConnectionKeyword(
            "sslmode", environment: "PGSSLMODE", allowsEmpty: false,
            "how much TLS: disable, allow, prefer, require, verify-ca, verify-full; by default verify-full, prefer on "
                + "loopback, none on Unix sockets"),
        ConnectionKeyword(
            "sslnegotiation", environment: "PGSSLNEGOTIATION", default: "postgres", allowsEmpty: false,
            "whether TLS is asked for first (postgres) or begun at once (direct)"),
        ConnectionKeyword(
            "sslcompression", environment: "PGSSLCOMPRESSION", default: "0",
            support: .values(["0"], reason: "TLS is never compressed"), "whether TLS compresses"),
        ConnectionKeyword(
            "sslcert", environment: "PGSSLCERT",
            "file of the client certificate; by default ~/.postgresql/postgresql.crt if it exists"),
        ConnectionKeyword(
            "sslkey", environment: "PGSSLKEY",
            "file of the client certificate's key; by default ~/.postgresql/postgresql.key"),
        ConnectionKeyword(
            "sslcertmode", environment: "PGSSLCERTMODE", default: "allow", allowsEmpty: false,
            "whether a client certificate is sent: disable, allow, require"),
        ConnectionKeyword("sslpassword", secret: true, "password of the client certificate's key"),
        ConnectionKeyword(
            "sslrootcert", environment: "PGSSLROOTCERT",
            "file of trusted roots, or system; by default ~/.postgresql/root.crt if it exists, else the system's"),
        ConnectionKeyword("sslcrl", environment: "PGSSLCRL", "file of revoked certificates"),
        ConnectionKeyword("sslcrldir", environment: "PGSSLCRLDIR", "folder of revoked certificates"),
        ConnectionKeyword(
            "sslsni", environment: "PGSSLSNI", default: "1", "whether TLS sends the host name in clear: 1 or 0"),
        ConnectionKeyword(
            "requirepeer", environment: "PGREQUIREPEER",
            "system user that must own the server behind a Unix socket"),
        ConnectionKeyword(
            "require_auth", environment: "PGREQUIREAUTH", "ways of authentication that are allowed, or with ! forbidden"
        ),
        ConnectionKeyword(
            "min_protocol_version", environment: "PGMINPROTOCOLVERSION", allowsEmpty: false,
            "lowest protocol version: 3.0, 3.2, latest; by default 3.0"),
        ConnectionKeyword(
            "max_protocol_version", environment: "PGMAXPROTOCOLVERSION", allowsEmpty: false,
            "highest protocol version: 3.0, 3.2, latest; by default 3.0, or latest where the lowest is above that"),
        ConnectionKeyword(
            "ssl_min_protocol_version", environment: "PGSSLMINPROTOCOLVERSION", default: "TLSv1.2",
            "lowest TLS version: TLSv1, TLSv1.1, TLSv1.2, TLSv1.3"),
        ConnectionKeyword(
            "ssl_max_protocol_version", environment: "PGSSLMAXPROTOCOLVERSION",
            "highest TLS version; by default the highest there is"),
        ConnectionKeyword(
            "gssencmode", environment: "PGGSSENCMODE", default: "disable",
            support: .values(["disable", "prefer"], reason: "GSS is never tried"), allowsEmpty: false,
            "whether GSS encrypts the connection"),
        ConnectionKeyword(
            "krbsrvname", environment: "PGKRBSRVNAME", default: "postgres",
            support: .values(["postgres"], reason: "GSS is never tried"), "service name for GSS"),
        ConnectionKeyword(
            "gsslib", environment: "PGGSSLIB", support: .unsupported(reason: "GSS is never tried"), "library for GSS"),
        ConnectionKeyword(
            "gssdelegation", environment: "PGGSSDELEGATION", default: "0",
            support: .values(["0"], reason: "GSS is never tried"), "whether GSS credentials are passed on"),
    ]

    private static let others: [ConnectionKeyword] = [
        ConnectionKeyword(
            "replication", support: .values(["false", "off", "no", "0"], reason: "replication is not supported"),
            "whether the connection speaks the replication protocol"),
        ConnectionKeyword(
            "target_session_attrs", environment: "PGTARGETSESSIONATTRS", default: "any", allowsEmpty: false,
            "what the session must be able to do: any, read-write, read-only, primary, standby, prefer-standby"),
        ConnectionKeyword(
            "load_balance_hosts", environment: "PGLOADBALANCEHOSTS", default: "disable", allowsEmpty: false,
            "whether hosts are tried as given (disable) or shuffled (random)"),
        ConnectionKeyword(
            "scram_client_key", secret: true, allowsEmpty: false,
            "SCRAM client key in place of a password, 32 bytes in Base64"),
        ConnectionKeyword(
            "scram_server_key", secret: true, allowsEmpty: false,
            "SCRAM server key in place of a password, 32 bytes in Base64"),
        ConnectionKeyword("oauth_issuer", "URL of the issuer that is trusted for OAuth"),
        ConnectionKeyword("oauth_client_id", "the client's identifier with the issuer"),
        ConnectionKeyword("oauth_client_secret", secret: true, "the client's password with the issuer"),
        ConnectionKeyword("oauth_scope", "scope to ask the issuer for; by default what the server says"),
        ConnectionKeyword(
            "sslkeylogfile", "file that the secrets of TLS sessions are written to, for a look into captured traffic"),
    ]

    /// The environment variables that set a server setting and have no keyword.
    static let sessionVariables: [(variable: String, parameter: String)] = [
        ("PGDATESTYLE", "datestyle"), ("PGTZ", "timezone"), ("PGGEQO", "geqo"),
    ]
}
