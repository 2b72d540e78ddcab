extension Backend {
    /// Delivers what a NOTIFY sent.
    ///
    /// Source: PostgreSQL manual, "Message Formats", NotificationResponse.
    public struct NotificationResponse: WireMessage {
        public static var type: UInt8? { MessageType.notificationResponse }

        /// The backend process that sent it.
        public var processID: UInt32
        /// The channel.
        public var channel: String
        /// The payload; empty if none was given.
        public var payload: String

        public init(processID: UInt32, channel: String, payload: String) {
            self.processID = processID
            self.channel = channel
            self.payload = payload
        }

        public func encodeBody(into writer: inout WireWriter) {
            writer.write(processID)
            writer.writeCString(channel)
            writer.writeCString(payload)
        }

        public init(body reader: inout WireReader) throws(WireError) {
            processID = try reader.readUInt32()
            channel = try reader.readCString()
            payload = try reader.readCString()
        }
    }
}
