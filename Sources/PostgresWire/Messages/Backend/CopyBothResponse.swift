extension Backend {
    /// Says that data may flow both ways, as streaming replication does.
    ///
    /// Source: PostgreSQL manual, "Message Formats", CopyBothResponse.
    public struct CopyBothResponse: WireMessage {
        public static var type: UInt8? { MessageType.copyBothResponse }

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
