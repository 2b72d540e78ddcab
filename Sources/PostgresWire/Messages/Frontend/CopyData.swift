extension Frontend {
    /// Carries a piece of COPY data, in either direction.
    ///
    /// Source: PostgreSQL manual, "Message Formats", CopyData.
    public struct CopyData: WireMessage {
        public static var type: UInt8? { MessageType.copyData }

        /// The bytes; pieces need not end where rows end.
        public var data: [UInt8]

        public init(data: [UInt8]) {
            self.data = data
        }

        public func encodeBody(into writer: inout WireWriter) {
            writer.write(bytes: data)
        }

        public init(body reader: inout WireReader) throws(WireError) {
            data = reader.readRemainingBytes()
        }
    }
}

extension Backend {
    /// The same message from the server; both directions share one type.
    public typealias CopyData = Frontend.CopyData
}
