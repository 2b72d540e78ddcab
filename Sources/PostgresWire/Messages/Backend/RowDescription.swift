extension Backend {
    /// Describes the rows that follow, or would follow.
    ///
    /// Source: PostgreSQL manual, "Message Formats", RowDescription.
    public struct RowDescription: WireMessage {
        public static var type: UInt8? { MessageType.rowDescription }

        /// The columns from left to right; there may be none.
        public var columns: [ColumnDescription]

        public init(columns: [ColumnDescription]) {
            self.columns = columns
        }

        public func encodeBody(into writer: inout WireWriter) {
            writer.write(count: columns.count)
            for column in columns { column.encode(into: &writer) }
        }

        public init(body reader: inout WireReader) throws(WireError) {
            let count = try reader.readCount(ofAtLeast: ColumnDescription.minimumLength)
            columns = []
            columns.reserveCapacity(count)
            for _ in 0..<count { columns.append(try ColumnDescription(from: &reader)) }
        }
    }
}
