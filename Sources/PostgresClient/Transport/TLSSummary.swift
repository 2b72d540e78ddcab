/// What a TLS session agreed on, for people and for monitoring.
///
/// ```swift
/// if let tls = connection.tls, let certificate = tls.certificate {
///     print(tls.version, certificate.subject, "until", certificate.notAfter?.description ?? "?")
/// }
/// ```
public struct TLSSummary: Hashable, Sendable {
    /// The protocol's version, as `TLSv1.3`.
    public let version: String
    /// The cipher suite, as `TLS_AES_256_GCM_SHA384`.
    public let cipher: String
    /// The server's certificate; nil if it showed none.
    public let certificate: TLSCertificate?
    /// Whether the certificate was found to descend from a trusted root.
    public let isVerified: Bool
    /// Whether the certificate was found to be for the host that was asked for.
    public let isHostVerified: Bool
    /// The store of roots that the chain was verified against; nil if it was not verified.
    public let roots: RootStore?
    /// The application protocol that the server chose (ALPN), as `postgresql`; nil if it chose none.
    public let applicationProtocol: String?
    /// Whether the server asked for a client certificate.
    public let isClientCertificateRequested: Bool
    /// Whether a client certificate was sent to it.
    public let isClientCertificateSent: Bool
    /// Why the session's secrets could not be written to `sslkeylogfile`; nil if they were, or nobody asked for it.
    public let keyLogFailure: String?

    /// The subject of the server's certificate.
    public var subject: String? { certificate?.subject }
}
