extension Frontend {
    /// Asks the server to send what it has, without ending the series.
    ///
    /// Source: PostgreSQL manual, "Message Formats", Flush.
    public struct Flush: WireMessage {
        public static var type: UInt8? { MessageType.flush }

        public init() {}

        public func encodeBody(into writer: inout WireWriter) {}

        public init(body reader: inout WireReader) throws(WireError) {}
    }
}
