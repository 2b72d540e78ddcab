/// How much TLS a connection asks for, as libpq's `sslmode`.
///
/// ```swift
/// var configuration = try ConnectionConfiguration(url: "postgresql://app@db.example/bank")
/// configuration.requestedSSLMode = .verifyFull
/// ```
///
/// Source: PostgreSQL manual, "SSL Mode Descriptions".
public enum SSLMode: String, Hashable, Sendable, CaseIterable, CustomStringConvertible {
    /// No TLS.
    case disable
    /// Plain first, TLS if the server refuses that.
    case allow
    /// TLS if the server offers it, else plain: no protection from whoever sits in between.
    case prefer
    /// TLS or nothing; who answers is checked only if a file of trusted roots is there.
    case require
    /// TLS, and the certificate must come from a trusted root.
    case verifyCA = "verify-ca"
    /// TLS, a trusted root, and the certificate must be for the host asked for.
    case verifyFull = "verify-full"

    public var description: String { rawValue }

    /// Whether there is no connection without TLS.
    var isAtLeastRequire: Bool {
        switch self {
        case .disable, .allow, .prefer: false
        case .require, .verifyCA, .verifyFull: true
        }
    }
}
