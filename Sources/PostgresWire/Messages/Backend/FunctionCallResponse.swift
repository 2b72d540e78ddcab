extension Backend {
    /// Returns the result of a ``Frontend/FunctionCall``.
    ///
    /// Source: PostgreSQL manual, "Message Formats", FunctionCallResponse.
    public struct FunctionCallResponse: WireMessage {
        public static var type: UInt8? { MessageType.functionCallResponse }

        /// The result in the format asked for; nil is NULL.
        public var value: [UInt8]?

        public init(value: [UInt8]?) {
            self.value = value
        }

        public func encodeBody(into writer: inout WireWriter) {
            writer.write(value: value)
        }

        public init(body reader: inout WireReader) throws(WireError) {
            value = try reader.readValue()
        }
    }
}
