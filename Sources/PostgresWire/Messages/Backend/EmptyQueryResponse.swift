extension Backend {
    /// Answers an empty statement, in place of CommandComplete.
    ///
    /// Source: PostgreSQL manual, "Message Formats", EmptyQueryResponse.
    public struct EmptyQueryResponse: WireMessage {
        public static var type: UInt8? { MessageType.emptyQueryResponse }

        public init() {}

        public func encodeBody(into writer: inout WireWriter) {}

        public init(body reader: inout WireReader) throws(WireError) {}
    }
}
