extension FaultProxy {
    /// What goes wrong with a connection.
    public enum Fault: Sendable, Hashable, CaseIterable {
        /// Both sides are closed in order, as by a server that ends (FIN).
        case close
        /// The client's side is reset, as by a firewall that forgot the connection (RST); the server's side is closed.
        case reset
        /// Nothing passes any more in either direction, as with a cable that was cut; both sides stay open.
        case stall
    }
}
