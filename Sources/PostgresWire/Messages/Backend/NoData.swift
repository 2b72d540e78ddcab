extension Backend {
    /// Says that what was described returns no rows.
    ///
    /// Source: PostgreSQL manual, "Message Formats", NoData.
    public struct NoData: WireMessage {
        public static var type: UInt8? { MessageType.noData }

        public init() {}

        public func encodeBody(into writer: inout WireWriter) {}

        public init(body reader: inout WireReader) throws(WireError) {}
    }
}
