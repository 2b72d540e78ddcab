extension Backend {
    /// The body that the three messages which begin a COPY have in common: how its data is written.
    ///
    /// Source: PostgreSQL manual, "Message Formats", CopyInResponse, CopyOutResponse and CopyBothResponse.
    public struct CopyFormats: Hashable, Sendable {
        /// The format of the whole copy: text (which includes CSV) or binary.
        public var overall: PostgresFormat
        /// One format for each column.
        public var columns: [PostgresFormat]

        public init(overall: PostgresFormat, columns: [PostgresFormat]) {
            self.overall = overall
            self.columns = columns
        }

        func encode(into writer: inout WireWriter) {
            writer.write(UInt8(truncatingIfNeeded: overall.rawValue))
            writer.write(formats: columns)
        }

        init(from reader: inout WireReader) throws(WireError) {
            guard let overall = PostgresFormat(rawValue: Int16(try reader.readUInt8())) else { throw .invalidValue }
            self.overall = overall
            columns = try reader.readFormats()
        }
    }
}
