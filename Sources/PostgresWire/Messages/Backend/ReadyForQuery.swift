extension Backend {
    /// Says that the server is ready for the next cycle of statements.
    ///
    /// Source: PostgreSQL manual, "Message Formats", ReadyForQuery.
    public struct ReadyForQuery: WireMessage {
        public static var type: UInt8? { MessageType.readyForQuery }

        /// Whether a transaction block is open, and whether it failed.
        public var status: TransactionStatus

        public init(_ status: TransactionStatus) {
            self.status = status
        }

        public func encodeBody(into writer: inout WireWriter) {
            writer.write(status.rawValue)
        }

        public init(body reader: inout WireReader) throws(WireError) {
            guard let status = TransactionStatus(rawValue: try reader.readUInt8()) else { throw .invalidValue }
            self.status = status
        }
    }
}
