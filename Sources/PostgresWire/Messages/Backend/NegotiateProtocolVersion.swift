extension Backend {
    /// Says that the server speaks an older protocol than was asked for, or does not know some options.
    ///
    /// Source: PostgreSQL manual, "Message Formats", NegotiateProtocolVersion.
    public struct NegotiateProtocolVersion: WireMessage {
        public static var type: UInt8? { MessageType.negotiateProtocolVersion }

        /// The newest version that the server speaks, major in the upper and minor in the lower 16 bits.
        public var newestVersion: UInt32
        /// The startup parameters beginning with `_pq_.` that it does not know.
        public var unrecognizedOptions: [String]

        public init(newestVersion: UInt32, unrecognizedOptions: [String] = []) {
            self.newestVersion = newestVersion
            self.unrecognizedOptions = unrecognizedOptions
        }

        public func encodeBody(into writer: inout WireWriter) {
            writer.write(newestVersion)
            if let count = Int32(exactly: unrecognizedOptions.count) {
                writer.write(count)
            } else {
                writer.fail(.tooLarge)
            }
            for option in unrecognizedOptions { writer.writeCString(option) }
        }

        public init(body reader: inout WireReader) throws(WireError) {
            newestVersion = try reader.readUInt32()
            let count = Int(try reader.readInt32())
            // Each takes at least its NUL.
            guard count >= 0, count <= reader.remaining else { throw .invalidLength }
            unrecognizedOptions = []
            for _ in 0..<count { unrecognizedOptions.append(try reader.readCString()) }
        }
    }
}
