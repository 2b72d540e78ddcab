extension Backend {
    /// Reports a setting of the session at its start and whenever it changes.
    ///
    /// Source: PostgreSQL manual, "Message Formats", ParameterStatus.
    public struct ParameterStatus: WireMessage {
        public static var type: UInt8? { MessageType.parameterStatus }

        /// The setting.
        public var name: String
        /// Its value now.
        public var value: String

        public init(name: String, value: String) {
            self.name = name
            self.value = value
        }

        public func encodeBody(into writer: inout WireWriter) {
            writer.writeCString(name)
            writer.writeCString(value)
        }

        public init(body reader: inout WireReader) throws(WireError) {
            name = try reader.readCString()
            value = try reader.readCString()
        }
    }
}
