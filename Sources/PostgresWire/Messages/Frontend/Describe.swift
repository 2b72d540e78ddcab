extension Frontend {
    /// Asks what a prepared statement or a portal returns.
    ///
    /// Source: PostgreSQL manual, "Message Formats", Describe.
    public struct Describe: WireMessage {
        public static var type: UInt8? { MessageType.describe }

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
