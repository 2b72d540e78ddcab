extension Backend {
    /// Says that Parse is done.
    ///
    /// Source: PostgreSQL manual, "Message Formats", ParseComplete.
    public struct ParseComplete: WireMessage {
        public static var type: UInt8? { MessageType.parseComplete }

        public init() {}

        public func encodeBody(into writer: inout WireWriter) {}

        public init(body reader: inout WireReader) throws(WireError) {}
    }
}
