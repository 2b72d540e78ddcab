extension Frontend {
    /// Asks whether the server speaks TLS; it answers with the single byte `S` or `N`.
    ///
    /// Source: PostgreSQL manual, "Message Formats", SSLRequest.
    public struct SSLRequest: WireMessage {
        public static var type: UInt8? { nil }

        /// What stands where StartupMessage has the protocol version.
        public static let code: UInt32 = 80_877_103

        public init() {}

        public func encodeBody(into writer: inout WireWriter) {
            writer.write(Self.code)
        }

        public init(body reader: inout WireReader) throws(WireError) {
            guard try reader.readUInt32() == Self.code else { throw .invalidValue }
        }
    }
}
