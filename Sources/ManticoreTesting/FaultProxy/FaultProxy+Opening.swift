extension FaultProxy {
    /// The first bytes of a connection, which tell how its two ends agreed on TLS.
    ///
    /// ```swift
    /// let asksForTLS = proxy.openings.map { $0.client.starts(with: [0, 0, 0, 8, 0x04, 0xD2, 0x16, 0x2F]) }
    /// ```
    public struct Opening: Sendable, Hashable {
        /// The first bytes of the client, at most ``limit``.
        public internal(set) var client: [UInt8] = []
        /// The first bytes of the server, at most ``limit``.
        public internal(set) var server: [UInt8] = []

        /// How many bytes are kept of each.
        public static let limit = 16

        mutating func note(_ bytes: some Sequence<UInt8>, going direction: Condition.Direction) {
            switch direction {
            case .toServer: client += bytes
            case .toClient: server += bytes
            }
        }
    }
}
