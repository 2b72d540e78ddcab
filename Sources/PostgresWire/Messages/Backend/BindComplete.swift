extension Backend {
    /// Says that Bind is done.
    ///
    /// Source: PostgreSQL manual, "Message Formats", BindComplete.
    public struct BindComplete: WireMessage {
        public static var type: UInt8? { MessageType.bindComplete }

        public init() {}

        public func encodeBody(into writer: inout WireWriter) {}

        public init(body reader: inout WireReader) throws(WireError) {}
    }
}
