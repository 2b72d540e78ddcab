extension Frontend {
    /// Carries GSSAPI or SSPI data.
    ///
    /// Source: PostgreSQL manual, "Message Formats", GSSResponse.
    public struct GSSResponse: WireMessage {
        public static var type: UInt8? { MessageType.password }

        /// The token.
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
