extension Backend {
    /// Says that something failed.
    ///
    /// Source: PostgreSQL manual, "Message Formats", ErrorResponse.
    public struct ErrorResponse: WireMessage {
        public static var type: UInt8? { MessageType.errorResponse }

        /// The fields.
        public var error: ServerError

        public init(_ error: ServerError) {
            self.error = error
        }

        public func encodeBody(into writer: inout WireWriter) {
            error.encodeFields(into: &writer)
        }

        public init(body reader: inout WireReader) throws(WireError) {
            error = try ServerError(fields: &reader, defaultSeverity: "ERROR")
        }
    }
}
