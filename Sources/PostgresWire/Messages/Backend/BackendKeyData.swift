extension Backend {
    /// What it takes to cancel this session's statements; poolers may never send it.
    ///
    /// Source: PostgreSQL manual, "Message Formats", BackendKeyData.
    public struct BackendKeyData: WireMessage {
        public static var type: UInt8? { MessageType.backendKeyData }

        /// How long a key may be; protocol 3.0 has exactly 4 bytes.
        public static let keyLengths = 4...256

        /// The process that serves the session.
        public var processID: UInt32
        /// The secret that ``Frontend/CancelRequest`` repeats.
        public var key: [UInt8]

        public init(processID: UInt32, key: [UInt8]) {
            self.processID = processID
            self.key = key
        }

        public func encodeBody(into writer: inout WireWriter) {
            if !Self.keyLengths.contains(key.count) { writer.fail(.invalidLength) }
            writer.write(processID)
            writer.write(bytes: key)
        }

        public init(body reader: inout WireReader) throws(WireError) {
            processID = try reader.readUInt32()
            guard Self.keyLengths.contains(reader.remaining) else { throw .invalidLength }
            key = reader.readRemainingBytes()
        }
    }
}
