extension Frontend {
    /// Opens a session: the first message, or the first after encryption was agreed.
    ///
    /// ```swift
    /// let startup = Frontend.StartupMessage(parameters: [.init("user", "app"), .init("database", "bank")])
    /// ```
    ///
    /// A NUL in a parameter, an empty name, and more than the 10,000 bytes that a server accepts make the
    /// writer fail, so that nothing is sent.
    ///
    /// Source: PostgreSQL manual, "Message Formats", StartupMessage.
    public struct StartupMessage: WireMessage {
        public static var type: UInt8? { nil }

        /// Protocol 3.0, which every server speaks.
        public static let version30: UInt32 = 0x0003_0000
        /// Protocol 3.2 of PostgreSQL 18, with longer cancel keys.
        public static let version32: UInt32 = 0x0003_0002
        /// The longest body that a server reads.
        public static let maximumBodyLength = 10_000

        /// The version asked for: major in the upper, minor in the lower 16 bits.
        public var protocolVersion: UInt32
        /// The parameters in the order in which they are sent.
        public var parameters: [StartupParameter]

        public init(protocolVersion: UInt32 = version30, parameters: [StartupParameter]) {
            self.protocolVersion = protocolVersion
            self.parameters = parameters
        }

        public func encodeBody(into writer: inout WireWriter) {
            let start = writer.count
            writer.write(protocolVersion)
            for parameter in parameters {
                // An empty name would end the list.
                if parameter.name.isEmpty { writer.fail(.invalidValue) }
                writer.writeCString(parameter.name)
                writer.writeCString(parameter.value)
            }
            writer.write(UInt8(0))
            if writer.count - start > Self.maximumBodyLength { writer.fail(.tooLarge) }
        }

        public init(body reader: inout WireReader) throws(WireError) {
            guard reader.remaining <= Self.maximumBodyLength else { throw .invalidLength }
            protocolVersion = try reader.readUInt32()
            parameters = []
            while true {
                let name = try reader.readCString()
                if name.isEmpty { break }
                parameters.append(StartupParameter(name, try reader.readCString()))
            }
        }
    }
}
