/// One try to make a session: a server, one of its addresses, and what to do about TLS.
struct ConnectionAttempt: Sendable {
    /// What to do about TLS.
    enum Encryption: Hashable, Sendable {
        case none
        /// TLS unless the server says that it has none.
        case preferred
        case required
        /// TLS at once, without asking.
        case direct
    }

    let host: ServerHost
    let address: SocketAddress
    let encryption: Encryption
    /// The version of the protocol to ask for.
    var protocolVersion = ProtocolVersion.v3_0
}
