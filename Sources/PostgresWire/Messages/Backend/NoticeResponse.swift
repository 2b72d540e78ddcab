extension Backend {
    /// Says something that the user may want to know; it may come at any time.
    ///
    /// Source: PostgreSQL manual, "Message Formats", NoticeResponse.
    public struct NoticeResponse: WireMessage {
        public static var type: UInt8? { MessageType.noticeResponse }

        /// The fields.
        public var notice: ServerError

        public init(_ notice: ServerError) {
            self.notice = notice
        }

        public func encodeBody(into writer: inout WireWriter) {
            notice.encodeFields(into: &writer)
        }

        public init(body reader: inout WireReader) throws(WireError) {
            notice = try ServerError(fields: &reader, defaultSeverity: "NOTICE")
        }
    }
}
