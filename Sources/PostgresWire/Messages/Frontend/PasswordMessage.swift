extension Frontend {
    /// Sends a password, or the MD5 hash made from one; its description never shows it.
    ///
    /// An empty password and one with a NUL in it make the writer fail, so that nothing is sent.
    ///
    /// Source: PostgreSQL manual, "Message Formats", PasswordMessage.
    public struct PasswordMessage: WireMessage {
        public static var type: UInt8? { MessageType.password }

        /// The bytes before the NUL.
        public var password: [UInt8]

        public init(password: [UInt8]) {
            self.password = password
        }

        public func encodeBody(into writer: inout WireWriter) {
            if password.isEmpty { writer.fail(.invalidLength) }
            if password.contains(0) { writer.fail(.embeddedNUL) }
            writer.write(bytes: password)
            writer.write(UInt8(0))
        }

        public init(body reader: inout WireReader) throws(WireError) {
            guard reader.remaining > 0 else { throw .truncated }
            password = try reader.readBytes(reader.remaining - 1)
            guard try reader.readUInt8() == 0 else { throw .truncated }
            guard !password.contains(0) else { throw .trailingBytes }
        }
    }
}

extension Frontend.PasswordMessage: CustomStringConvertible, CustomReflectable {
    public var description: String { "PasswordMessage(redacted)" }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
