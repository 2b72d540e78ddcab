extension Backend {
    /// Says that data may flow both ways, as streaming replication does.
    ///
    /// Source: PostgreSQL manual, "Message Formats", CopyBothResponse.
    public struct CopyBothResponse: WireMessage {
        public static var type: UInt8? { MessageType.copyBothResponse }

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
