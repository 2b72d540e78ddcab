import Manticore

/// What a connection tells about the server and itself.
struct ServerFacts: Sendable {
    /// `PostgreSQL` or `CockroachDB`.
    let product: String
    /// The server's version, as it says it.
    let version: String
    /// `host:port` or the socket's path.
    let host: String
    /// The address behind it, or the socket's path.
    let address: String
    /// The version of the protocol.
    let protocolVersion: String
    /// What TLS agreed on; nil without.
    let tls: TLSFacts?
    /// The way of authentication, by the name that `require_auth` gives it.
    let authentication: String
    /// Whether SCRAM was tied to the TLS channel.
    let usesChannelBinding: Bool

    /// Asks a connection.
    ///
    /// - Parameter versionText: what `SELECT pg_catalog.version()` returned.
    init(_ connection: Connection, versionText: String) {
        host = connection.host
        address = connection.address
        protocolVersion = connection.protocolVersion.description
        tls = connection.tls.map { TLSFacts(summary: $0) }
        authentication = connection.authentication
        usesChannelBinding = connection.usesChannelBinding
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
    var tlsText: String { tls.map { "\($0.summary.version), \($0.summary.cipher)" } ?? "none" }

    /// The server's certificate in a few words; nil without TLS.
    var certificateText: String? {
        tls.map { ($0.summary.subject ?? "no subject") + ($0.summary.isVerified ? " (verified)" : " (not verified)") }
    }

    /// Host and address in a few words.
    var hostText: String {
        // The address has the port too, which is said once.
        host.utf8.elementsEqual(address.utf8) ? host : "\(host) at \(Self.withoutPort(address))"
    }

    private static func withoutPort(_ address: String) -> Substring {
        address.lastIndex(of: ":").map { address[..<$0] } ?? address[...]
    }

    /// The way of authentication in a few words.
    var authenticationText: String {
        if authentication == "none" {
            return tls?.summary.isClientCertificateSent == true
                ? "none asked for besides the client certificate" : "none asked for"
        }
        guard tls != nil, authentication.hasPrefix("scram") else { return authentication }
        return authentication + (usesChannelBinding ? " with channel binding" : " without channel binding")
    }
}
