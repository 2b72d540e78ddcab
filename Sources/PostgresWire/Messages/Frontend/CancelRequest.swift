extension Frontend {
    /// Asks, on a connection of its own, to cancel what another session is running.
    ///
    /// Source: PostgreSQL manual, "Message Formats", CancelRequest.
    public struct CancelRequest: WireMessage {
        public static var type: UInt8? { nil }

        /// What stands where StartupMessage has the protocol version.
        public static let code: UInt32 = 80_877_102

        /// The process to interrupt, from ``Backend/BackendKeyData``.
        public var processID: UInt32
        /// The secret that allows it: 4 bytes in protocol 3.0, up to 256 in 3.2.
        public var key: [UInt8]

        public init(processID: UInt32, key: [UInt8]) {
            self.processID = processID
            self.key = key
        }

        public func encodeBody(into writer: inout WireWriter) {
            if !Backend.BackendKeyData.keyLengths.contains(key.count) { writer.fail(.invalidLength) }
            writer.write(Self.code)
            writer.write(processID)
            writer.write(bytes: key)
        }

        public init(body reader: inout WireReader) throws(WireError) {
            guard try reader.readUInt32() == Self.code else { throw .invalidValue }
            processID = try reader.readUInt32()
            guard Backend.BackendKeyData.keyLengths.contains(reader.remaining) else { throw .invalidLength }
            key = reader.readRemainingBytes()
        }
    }
}
