extension Frontend {
    /// Chooses a SASL mechanism and carries its first message.
    ///
    /// Source: PostgreSQL manual, "Message Formats", SASLInitialResponse.
    public struct SASLInitialResponse: WireMessage {
        public static var type: UInt8? { MessageType.password }

        /// One of the names that the server offered.
        public var mechanism: String
        /// The mechanism's first message; nil if it has none.
        public var data: [UInt8]?

        public init(mechanism: String, data: [UInt8]?) {
            self.mechanism = mechanism
            self.data = data
        }

        public func encodeBody(into writer: inout WireWriter) {
            writer.writeCString(mechanism)
            writer.write(value: data)
        }

        public init(body reader: inout WireReader) throws(WireError) {
            mechanism = try reader.readCString()
            data = try reader.readValue()
        }
    }
}
