/// What a client knows about the channel and has been told to accept, for an ``AuthenticationExchange``.
public struct AuthenticationPolicy: Sendable {
    /// What the channel has to tie SCRAM to.
    public enum ChannelBindingData: Hashable, Sendable {
        /// There is no TLS.
        case noTLS
        /// There is TLS, but no hash is defined for the server's certificate (Ed25519, for one).
        case undefined
        /// The hash of the server's certificate for `tls-server-end-point` (RFC 5929).
        case tlsServerEndPoint([UInt8])
    }

    /// Whether the peer is known: TLS with the certificate and the host's name verified, or loopback.
    public var isChannelTrusted = false
    /// Whether the channel is a Unix socket.
    public var isUnixSocket = false
    /// Whether the server asked for a client certificate and one was sent.
    public var isClientCertificateSent = false
    /// What the channel has to tie SCRAM to.
    public var channelBindingData = ChannelBindingData.noTLS
    /// The setting `channel_binding`.
    public var channelBinding = ChannelBindingMode.prefer
    /// The setting `require_auth`; nil if it is not given.
    public var requirement: AuthenticationRequirement?
    /// The most SCRAM iterations to accept.
    public var maximumIterations = SCRAMClient.defaultMaximumIterations
    /// The fewest SCRAM iterations to accept. RFC 7677 wants 4096; servers may be set to as few as 1.
    public var minimumIterations = 1

    public init() {}
}
