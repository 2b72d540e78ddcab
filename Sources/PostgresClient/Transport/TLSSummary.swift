/// What a TLS session agreed on, for people.
public struct TLSSummary: Hashable, Sendable {
    /// The protocol's version, as `TLSv1.3`.
    public let version: String
    /// The cipher suite, as `TLS_AES_256_GCM_SHA384`.
    public let cipher: String
    /// The subject of the server's certificate.
    public let subject: String?
    /// Whether the certificate's chain was verified.
    public let isVerified: Bool
}
