extension Frontend {
    /// Carries a SASL mechanism's further data.
    ///
    /// Source: PostgreSQL manual, "Message Formats", SASLResponse.
    public struct SASLResponse: WireMessage {
        public static var type: UInt8? { MessageType.password }

        /// The mechanism's message.
        public var data: [UInt8]

        public init(data: [UInt8]) {
            self.data = data
        }

        public func encodeBody(into writer: inout WireWriter) {
            writer.write(bytes: data)
        }

        public init(body reader: inout WireReader) throws(WireError) {
            data = reader.readRemainingBytes()
        }
    }
}
