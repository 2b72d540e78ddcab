extension Frontend {
    /// Ends COPY data that is complete, in either direction.
    ///
    /// Source: PostgreSQL manual, "Message Formats", CopyDone.
    public struct CopyDone: WireMessage {
        public static var type: UInt8? { MessageType.copyDone }

        public init() {}

        public func encodeBody(into writer: inout WireWriter) {}

        public init(body reader: inout WireReader) throws(WireError) {}
    }
}

extension Backend {
    /// The same message from the server; both directions share one type.
    public typealias CopyDone = Frontend.CopyDone
}
