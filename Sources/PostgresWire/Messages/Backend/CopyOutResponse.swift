extension Backend {
    /// Says that COPY data from the server follows.
    ///
    /// Source: PostgreSQL manual, "Message Formats", CopyOutResponse.
    public struct CopyOutResponse: WireMessage {
        public static var type: UInt8? { MessageType.copyOutResponse }

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
