extension Backend {
    /// One row.
    ///
    /// Source: PostgreSQL manual, "Message Formats", DataRow.
    public struct DataRow: WireMessage {
        public static var type: UInt8? { MessageType.dataRow }

        /// The columns' values, in the formats that RowDescription or Bind named; nil is NULL.
        public var values: [[UInt8]?]

        public init(values: [[UInt8]?]) {
            self.values = values
        }

        public func encodeBody(into writer: inout WireWriter) {
            writer.write(values: values)
        }

        public init(body reader: inout WireReader) throws(WireError) {
            values = try reader.readValues()
        }
    }
}
