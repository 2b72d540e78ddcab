extension Frontend {
    /// Closes a prepared statement or a portal; one that does not exist is no error.
    ///
    /// Source: PostgreSQL manual, "Message Formats", Close.
    public struct Close: WireMessage {
        public static var type: UInt8? { MessageType.close }

        /// What it is about.
        public var target: Target

        public init(_ target: Target) {
            self.target = target
        }

        public func encodeBody(into writer: inout WireWriter) {
            target.encode(into: &writer)
        }

        public init(body reader: inout WireReader) throws(WireError) {
            target = try Target(from: &reader)
        }
    }
}
