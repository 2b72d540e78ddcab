extension Frontend {
    /// Ends a COPY from the client by making it fail.
    ///
    /// Source: PostgreSQL manual, "Message Formats", CopyFail.
    public struct CopyFail: WireMessage {
        public static var type: UInt8? { MessageType.copyFail }

        /// What the server puts into its error.
        public var reason: String

        public init(reason: String) {
            self.reason = reason
        }

        public func encodeBody(into writer: inout WireWriter) {
            writer.writeCString(reason)
        }

        public init(body reader: inout WireReader) throws(WireError) {
            reason = try reader.readCString()
        }
    }
}
