extension Backend {
    /// Says that the server waits for COPY data from the client.
    ///
    /// Source: PostgreSQL manual, "Message Formats", CopyInResponse.
    public struct CopyInResponse: WireMessage {
        public static var type: UInt8? { MessageType.copyInResponse }

        /// The format of the whole copy: text (which includes CSV) or binary.
        public var format: PostgresFormat
        /// One format for each column.
        public var columnFormats: [PostgresFormat]

        public init(format: PostgresFormat, columnFormats: [PostgresFormat]) {
            self.format = format
            self.columnFormats = columnFormats
        }

        public func encodeBody(into writer: inout WireWriter) {
            writer.write(UInt8(truncatingIfNeeded: format.rawValue))
            writer.write(formats: columnFormats)
        }

        public init(body reader: inout WireReader) throws(WireError) {
            guard let format = PostgresFormat(rawValue: Int16(try reader.readUInt8())) else { throw .invalidValue }
            self.format = format
            columnFormats = try reader.readFormats()
        }
    }
}
