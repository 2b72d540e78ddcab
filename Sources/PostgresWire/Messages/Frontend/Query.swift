extension Frontend {
    /// Runs the statements of one text by the simple protocol.
    ///
    /// Source: PostgreSQL manual, "Message Formats", Query.
    public struct Query: WireMessage {
        public static var type: UInt8? { MessageType.query }

        /// One or more statements.
        public var sql: String

        public init(sql: String) {
            self.sql = sql
        }

        public func encodeBody(into writer: inout WireWriter) {
            writer.writeCString(sql)
        }

        public init(body reader: inout WireReader) throws(WireError) {
            sql = try reader.readCString()
        }
    }
}
