public import PostgresWire

/// What a configuration says about TLS besides ``SSLMode``.
///
/// ```swift
/// var configuration = try ConnectionConfiguration(url: "postgresql://app@db.example/bank")
/// configuration.tls.roots = .file("/etc/bank/root.crt")
/// configuration.tls.minimumVersion = .v1_3
/// ```
///
/// Source: PostgreSQL manual, "Parameter Key Words": `sslnegotiation` to `sslkeylogfile`.
public struct TLSSettings: Sendable {
    /// A version of TLS, by libpq's name.
    // swift-format-ignore: AlwaysUseLowerCamelCase
    public enum Version: String, Hashable, Sendable, CaseIterable, Comparable {
        case v1_0 = "TLSv1"
        case v1_1 = "TLSv1.1"
        case v1_2 = "TLSv1.2"
        case v1_3 = "TLSv1.3"

        private var order: Int { Version.allCases.firstIndex(of: self) ?? 0 }

        public static func < (left: Version, right: Version) -> Bool { left.order < right.order }
    }

    /// How TLS begins (`sslnegotiation`).
    public enum Negotiation: String, Hashable, Sendable, CaseIterable {
        /// The client asks whether the server has TLS, and begins after its consent.
        case postgres
        /// TLS begins at once, and the server must choose the application protocol `postgresql`.
        case direct
    }

    /// Whether a client certificate is sent (`sslcertmode`).
    public enum CertificateMode: String, Hashable, Sendable, CaseIterable {
        /// Never, even where there is one.
        case disable
        /// Where the server asks for one and there is one.
        case allow
        /// The server must ask for one, and get it.
        case require
    }

    /// How TLS begins.
    public var negotiation = Negotiation.postgres
    /// Which roots the server's certificate may descend from.
    public var roots = RootCertificates.default
    /// The PEM file of the client certificate and what it descends from, leaf first; `nil` is
    /// `~/.postgresql/postgresql.crt`, if it exists.
    public var certificateFile: String?
    /// The file of the client certificate's key, PEM or DER; `nil` is `~/.postgresql/postgresql.key`.
    public var keyFile: String?
    /// The password of the client certificate's key.
    public var keyPassword: Secret?
    /// Whether a client certificate is sent.
    public var certificateMode = CertificateMode.allow
    /// The PEM file of revoked certificates.
    public var revocationListFile: String?
    /// The directory of files of revoked certificates, named by OpenSSL's hashes.
    public var revocationListDirectory: String?
    /// The lowest version that is spoken.
    public var minimumVersion = Version.v1_2
    /// The highest version that is spoken; `nil` is the highest there is.
    public var maximumVersion: Version?
    /// Whether the host's name is sent in clear, by which servers choose a certificate and proxies a cluster.
    public var sendsServerName = true
    /// The file that the sessions' secrets are appended to, for a look into captured traffic; `nil` for none.
    public var keyLogFile: String?

    /// Makes libpq's defaults: TLS 1.2 or newer, the default roots, a client certificate if there is one.
    public init() {}
}
