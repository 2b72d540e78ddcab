extension Backend {
    /// Says that Close is done.
    ///
    /// Source: PostgreSQL manual, "Message Formats", CloseComplete.
    public struct CloseComplete: WireMessage {
        public static var type: UInt8? { MessageType.closeComplete }

        public init() {}

        public func encodeBody(into writer: inout WireWriter) {}

        public init(body reader: inout WireReader) throws(WireError) {}
    }
}
