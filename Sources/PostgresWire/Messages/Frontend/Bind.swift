extension Frontend {
    /// Makes a portal from a prepared statement and its parameters' values.
    ///
    /// ```swift
    /// let bind = Frontend.Bind(values: [Array("42".utf8), nil], resultFormats: [.binary])
    /// ```
    ///
    /// Source: PostgreSQL manual, "Message Formats", Bind.
    public struct Bind: WireMessage {
        public static var type: UInt8? { MessageType.bind }

        /// The portal's name; empty for the unnamed one.
        public var portal: String
        /// The statement's name; empty for the unnamed one.
        public var statement: String
        /// The values' formats: none for all text, one for all, or one each.
        public var parameterFormats: [PostgresFormat]
        /// The values, at most 65,535; nil is NULL.
        public var values: [[UInt8]?]
        /// The result columns' formats: none for all text, one for all, or one each.
        public var resultFormats: [PostgresFormat]

        public init(
            portal: String = "", statement: String = "", parameterFormats: [PostgresFormat] = [],
            values: [[UInt8]?], resultFormats: [PostgresFormat] = []
        ) {
            self.portal = portal
            self.statement = statement
            self.parameterFormats = parameterFormats
            self.values = values
            self.resultFormats = resultFormats
        }

        public func encodeBody(into writer: inout WireWriter) {
            writer.writeCString(portal)
            writer.writeCString(statement)
            writer.write(formats: parameterFormats)
            writer.write(values: values)
            writer.write(formats: resultFormats)
        }

        public init(body reader: inout WireReader) throws(WireError) {
            portal = try reader.readCString()
            statement = try reader.readCString()
            parameterFormats = try reader.readFormats()
            values = try reader.readValues()
            resultFormats = try reader.readFormats()
        }
    }
}
