extension Frontend {
    /// Any of the four messages of type `p`, undecoded, because only the exchange they belong to tells them apart.
    ///
    /// ```swift
    /// let response = Frontend.AuthenticationResponse(data: Array("secret".utf8) + [0])
    /// let password = try Frontend.PasswordMessage.decode(body: response.data)
    /// ```
    ///
    /// Its description never shows the bytes.
    ///
    /// Source: PostgreSQL manual, "Message Formats", PasswordMessage.
    public struct AuthenticationResponse: WireMessage {
        public static var type: UInt8? { MessageType.password }

        /// The whole body.
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

extension Frontend.AuthenticationResponse: CustomStringConvertible, CustomReflectable {
    public var description: String { "AuthenticationResponse(redacted)" }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
