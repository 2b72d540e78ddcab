extension Frontend {
    /// Runs a portal.
    ///
    /// Source: PostgreSQL manual, "Message Formats", Execute.
    public struct Execute: WireMessage {
        public static var type: UInt8? { MessageType.execute }

        /// The portal; empty for the unnamed one.
        public var portal: String
        /// How many rows to return before the portal is suspended; 0 for all.
        public var maximumRows: Int32

        public init(portal: String, maximumRows: Int32 = 0) {
            self.portal = portal
            self.maximumRows = maximumRows
        }

        public func encodeBody(into writer: inout WireWriter) {
            writer.writeCString(portal)
            writer.write(maximumRows)
        }

        public init(body reader: inout WireReader) throws(WireError) {
            portal = try reader.readCString()
            maximumRows = try reader.readInt32()
        }
    }
}
