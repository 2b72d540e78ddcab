extension Frontend {
    /// Calls a function by its object identifier, which a SELECT does better.
    ///
    /// Source: PostgreSQL manual, "Message Formats", FunctionCall.
    public struct FunctionCall: WireMessage {
        public static var type: UInt8? { MessageType.functionCall }

        /// The function.
        public var function: PostgresOID
        /// The arguments' formats: none for all text, one for all, or one each.
        public var argumentFormats: [PostgresFormat]
        /// The arguments; nil is NULL.
        public var arguments: [[UInt8]?]
        /// The format of the result.
        public var resultFormat: PostgresFormat

        public init(
            function: PostgresOID, argumentFormats: [PostgresFormat] = [], arguments: [[UInt8]?],
            resultFormat: PostgresFormat = .text
        ) {
            self.function = function
            self.argumentFormats = argumentFormats
            self.arguments = arguments
            self.resultFormat = resultFormat
        }

        public func encodeBody(into writer: inout WireWriter) {
            writer.write(function)
            writer.write(formats: argumentFormats)
            writer.write(values: arguments)
            writer.write(resultFormat.rawValue)
        }

        public init(body reader: inout WireReader) throws(WireError) {
            function = try reader.readOID()
            argumentFormats = try reader.readFormats()
            arguments = try reader.readValues()
            resultFormat = try reader.readFormat()
        }
    }
}
