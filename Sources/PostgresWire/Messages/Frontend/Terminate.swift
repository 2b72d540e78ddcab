extension Frontend {
    /// Says goodbye before the connection is closed.
    ///
    /// Source: PostgreSQL manual, "Message Formats", Terminate.
    public struct Terminate: WireMessage {
        public static var type: UInt8? { MessageType.terminate }

        public init() {}

        public func encodeBody(into writer: inout WireWriter) {}

        public init(body reader: inout WireReader) throws(WireError) {}
    }
}
