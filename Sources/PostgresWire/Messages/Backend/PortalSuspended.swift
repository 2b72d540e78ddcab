extension Backend {
    /// Says that Execute reached its row limit and the portal has more.
    ///
    /// Source: PostgreSQL manual, "Message Formats", PortalSuspended.
    public struct PortalSuspended: WireMessage {
        public static var type: UInt8? { MessageType.portalSuspended }

        public init() {}

        public func encodeBody(into writer: inout WireWriter) {}

        public init(body reader: inout WireReader) throws(WireError) {}
    }
}
