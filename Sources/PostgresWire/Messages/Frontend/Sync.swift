extension Frontend {
    /// Ends a series of extended-protocol messages; the server answers with ReadyForQuery.
    ///
    /// Source: PostgreSQL manual, "Message Formats", Sync.
    public struct Sync: WireMessage {
        public static var type: UInt8? { MessageType.sync }

        public init() {}

        public func encodeBody(into writer: inout WireWriter) {}

        public init(body reader: inout WireReader) throws(WireError) {}
    }
}
