import Manticore

/// What a connection tells about the server and itself.
struct ServerFacts: Sendable {
    /// `PostgreSQL` or `CockroachDB`.
    let product: String
    /// The server's version, as it says it.
    let version: String
    /// `host:port` or the socket's path.
    let host: String
    /// What TLS agreed on; nil without.
    let tls: TLSSummary?
    /// The way of authentication, by the name that `require_auth` gives it.
    let authentication: String

    /// Asks a connection.
    ///
    /// - Parameter versionText: what `SELECT version()` returned.
    init(_ connection: Connection, versionText: String) {
        host = connection.host
        tls = connection.tls
        authentication = connection.authentication
        if connection.isCockroachDB {
            product = "CockroachDB"
            // CockroachDB CCL v25.2.1 (x86_64-pc-linux-gnu, built …)
            version =
                versionText.split(separator: " ").first { $0.utf8.first == UInt8(ascii: "v") }
                .map { String($0.dropFirst()) } ?? versionText
        } else {
            product = "PostgreSQL"
            version = connection.parameters["server_version"] ?? "of unknown version"
        }
    }

    /// TLS in a few words.
    var tlsText: String {
        guard let tls else { return "none" }
        return "\(tls.version), \(tls.cipher)"
    }

    /// The server's certificate in a few words; nil without TLS.
    var certificateText: String? {
        guard let tls else { return nil }
        return (tls.subject ?? "no subject") + (tls.isVerified ? " (verified)" : " (not verified)")
    }

    /// The way of authentication in a few words.
    var authenticationText: String {
        authentication == "none" ? "none asked for" : authentication
    }
}
