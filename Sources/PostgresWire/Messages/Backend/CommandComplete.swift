extension Backend {
    /// Says that a statement has been carried out.
    ///
    /// Source: PostgreSQL manual, "Message Formats", CommandComplete.
    public struct CommandComplete: WireMessage {
        public static var type: UInt8? { MessageType.commandComplete }

        /// What was done, such as `INSERT 0 1`.
        public var tag: String

        public init(tag: String) {
            self.tag = tag
        }

        /// The tag taken apart.
        public var commandTag: CommandTag { CommandTag(tag) }

        public func encodeBody(into writer: inout WireWriter) {
            writer.writeCString(tag)
        }

        public init(body reader: inout WireReader) throws(WireError) {
            tag = try reader.readCString()
        }
    }
}
