extension Backend {
    /// Says that the server waits for COPY data from the client.
    ///
    /// Source: PostgreSQL manual, "Message Formats", CopyInResponse.
    public struct CopyInResponse: WireMessage {
        public static var type: UInt8? { MessageType.copyInResponse }

        /// How the data is written.
        public var formats: CopyFormats

        public init(_ formats: CopyFormats) {
            self.formats = formats
        }

        public func encodeBody(into writer: inout WireWriter) {
            formats.encode(into: &writer)
        }

        public init(body reader: inout WireReader) throws(WireError) {
            formats = try CopyFormats(from: &reader)
        }
    }
}
