extension ConnectionKeyword {
    /// Every keyword of libpq 18, in libpq's order.
    public static let all: [ConnectionKeyword] = [
        ConnectionKeyword(
            "service", environment: "PGSERVICE", support: .unsupported(reason: "service files are not read"),
            "section of the service file that gives further settings"),
        ConnectionKeyword("user", environment: "PGUSER", "role to log in as; by default the system user's name"),
        ConnectionKeyword("password", environment: "PGPASSWORD", secret: true, "password of the role"),
        ConnectionKeyword(
            "passfile", environment: "PGPASSFILE", support: .unsupported(reason: "password files are not read"),
            "file that holds passwords"),
        ConnectionKeyword(
            "channel_binding", environment: "PGCHANNELBINDING", default: "prefer",
            "whether SCRAM is tied to the TLS session: disable, prefer, require"),
        ConnectionKeyword(
            "connect_timeout", environment: "PGCONNECT_TIMEOUT", default: "15",
            "seconds until connecting is given up; 0 or less waits for ever"),
        ConnectionKeyword("dbname", environment: "PGDATABASE", "database; by default named as the user"),
        ConnectionKeyword(
            "host", environment: "PGHOST", "host name, address, or directory of the Unix socket"),
        ConnectionKeyword(
            "hostaddr", environment: "PGHOSTADDR", "numeric address to connect to, in place of resolving the host"),
        ConnectionKeyword("port", environment: "PGPORT", default: "5432", "port, or extension of the Unix socket"),
        ConnectionKeyword(
            "client_encoding", environment: "PGCLIENTENCODING", default: "UTF8",
            "encoding of text; always UTF8, which auto is taken for"),
        ConnectionKeyword("options", environment: "PGOPTIONS", "command-line options for the server's session"),
        ConnectionKeyword("application_name", environment: "PGAPPNAME", "name shown in pg_stat_activity"),
        ConnectionKeyword("fallback_application_name", "application_name where that is not given"),
        ConnectionKeyword("keepalives", default: "1", "whether TCP keepalives are sent: 1 or 0"),
        ConnectionKeyword("keepalives_idle", "seconds of silence before the first keepalive; 0 is the system's"),
        ConnectionKeyword("keepalives_interval", "seconds between unanswered keepalives; 0 is the system's"),
        ConnectionKeyword("keepalives_count", "unanswered keepalives that end the connection; 0 is the system's"),
        ConnectionKeyword(
            "tcp_user_timeout", "milliseconds that sent bytes may stay unacknowledged; 0 is the system's"),
        ConnectionKeyword(
            "sslmode", environment: "PGSSLMODE",
            support: .values(
                ["disable", "prefer", "require", "verify-full"], reason: "allow and verify-ca are not supported yet"),
            "how much TLS is asked for; by default verify-full, prefer on loopback, none on Unix sockets"),
        ConnectionKeyword(
            "sslnegotiation", environment: "PGSSLNEGOTIATION", default: "postgres",
            support: .values(["postgres"], reason: "TLS without asking first is not supported yet"),
            "whether TLS is asked for first (postgres) or begun at once (direct)"),
        ConnectionKeyword(
            "sslcompression", environment: "PGSSLCOMPRESSION", default: "0",
            support: .values(["0"], reason: "TLS is never compressed"), "whether TLS compresses"),
        ConnectionKeyword(
            "sslcert", environment: "PGSSLCERT",
            support: .unsupported(reason: "client certificates are not supported yet"),
            "file of the client certificate"),
        ConnectionKeyword(
            "sslkey", environment: "PGSSLKEY",
            support: .unsupported(reason: "client certificates are not supported yet"),
            "file of the client certificate's key"),
        ConnectionKeyword(
            "sslcertmode", environment: "PGSSLCERTMODE", default: "allow",
            support: .values(["disable", "allow"], reason: "client certificates are not supported yet"),
            "whether a client certificate is sent: disable, allow, require"),
        ConnectionKeyword(
            "sslpassword", secret: true, support: .unsupported(reason: "client certificates are not supported yet"),
            "password of the client certificate's key"),
        ConnectionKeyword(
            "sslrootcert", environment: "PGSSLROOTCERT",
            "file of trusted roots, or system; by default ~/.postgresql/root.crt if it exists, else the system's"),
        ConnectionKeyword(
            "sslcrl", environment: "PGSSLCRL", support: .unsupported(reason: "revocation lists are not supported yet"),
            "file of revoked certificates"),
        ConnectionKeyword(
            "sslcrldir", environment: "PGSSLCRLDIR",
            support: .unsupported(reason: "revocation lists are not supported yet"),
            "directory of revoked certificates"),
        ConnectionKeyword(
            "sslsni", environment: "PGSSLSNI", default: "1",
            support: .values(["1"], reason: "the host name is always sent"),
            "whether TLS sends the host name in clear"),
        ConnectionKeyword(
            "requirepeer", environment: "PGREQUIREPEER",
            support: .unsupported(reason: "the owner of the server process is not checked yet"),
            "system user that must own the server behind a Unix socket"),
        ConnectionKeyword(
            "require_auth", environment: "PGREQUIREAUTH", "ways of authentication that are allowed, or with ! forbidden"
        ),
        ConnectionKeyword(
            "min_protocol_version", environment: "PGMINPROTOCOLVERSION",
            support: .values(["3.0"], reason: "protocol 3.0 is spoken"), "lowest protocol version"),
        ConnectionKeyword(
            "max_protocol_version", environment: "PGMAXPROTOCOLVERSION",
            support: .values(["3.0"], reason: "protocol 3.0 is spoken"), "highest protocol version"),
        ConnectionKeyword(
            "ssl_min_protocol_version", environment: "PGSSLMINPROTOCOLVERSION", default: "TLSv1.2",
            support: .values(["TLSv1.2"], reason: "other limits are not supported yet"), "lowest TLS version"),
        ConnectionKeyword(
            "ssl_max_protocol_version", environment: "PGSSLMAXPROTOCOLVERSION",
            support: .values(["TLSv1.3"], reason: "other limits are not supported yet"), "highest TLS version"),
        ConnectionKeyword(
            "gssencmode", environment: "PGGSSENCMODE", default: "disable",
            support: .values(["disable", "prefer"], reason: "GSS is never tried"), "whether GSS encrypts the connection"
        ),
        ConnectionKeyword(
            "krbsrvname", environment: "PGKRBSRVNAME", default: "postgres",
            support: .values(["postgres"], reason: "GSS is never tried"), "service name for GSS"),
        ConnectionKeyword(
            "gsslib", environment: "PGGSSLIB", support: .unsupported(reason: "GSS is never tried"), "library for GSS"),
        ConnectionKeyword(
            "gssdelegation", environment: "PGGSSDELEGATION", default: "0",
            support: .values(["0"], reason: "GSS is never tried"), "whether GSS credentials are passed on"),
        ConnectionKeyword(
            "replication", support: .values(["false", "off", "no", "0"], reason: "replication is not supported"),
            "whether the connection speaks the replication protocol"),
        ConnectionKeyword(
            "target_session_attrs", environment: "PGTARGETSESSIONATTRS", default: "any",
            support: .values(["any"], reason: "choosing among servers is not supported yet"),
            "what the session must be able to do"),
        ConnectionKeyword(
            "load_balance_hosts", environment: "PGLOADBALANCEHOSTS", default: "disable",
            support: .values(["disable"], reason: "choosing among servers is not supported yet"),
            "whether hosts are tried in random order"),
        ConnectionKeyword(
            "scram_client_key", secret: true, support: .unsupported(reason: "SCRAM pass-through is not supported"),
            "SCRAM client key in place of a password"),
        ConnectionKeyword(
            "scram_server_key", secret: true, support: .unsupported(reason: "SCRAM pass-through is not supported"),
            "SCRAM server key in place of a password"),
        ConnectionKeyword("oauth_issuer", support: .unsupported(reason: "OAuth is not supported"), "issuer for OAuth"),
        ConnectionKeyword(
            "oauth_client_id", support: .unsupported(reason: "OAuth is not supported"), "client id for OAuth"),
        ConnectionKeyword(
            "oauth_client_secret", secret: true, support: .unsupported(reason: "OAuth is not supported"),
            "client password for OAuth"),
        ConnectionKeyword("oauth_scope", support: .unsupported(reason: "OAuth is not supported"), "scope for OAuth"),
        ConnectionKeyword(
            "sslkeylogfile", support: .unsupported(reason: "TLS secrets are not written anywhere"),
            "file that TLS secrets are written to"),
    ]

    /// The environment variables that set a server setting and have no keyword.
    static let sessionVariables: [(variable: String, parameter: String)] = [
        ("PGDATESTYLE", "datestyle"), ("PGTZ", "timezone"), ("PGGEQO", "geqo"),
    ]
}
