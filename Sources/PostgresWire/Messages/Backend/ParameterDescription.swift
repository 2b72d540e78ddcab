extension Backend {
    /// Says which types the parameters of a prepared statement have.
    ///
    /// Source: PostgreSQL manual, "Message Formats", ParameterDescription.
    public struct ParameterDescription: WireMessage {
        public static var type: UInt8? { MessageType.parameterDescription }

        /// The types of `$1`, `$2` …
        public var types: [PostgresOID]

        public init(types: [PostgresOID]) {
            self.types = types
        }

        public func encodeBody(into writer: inout WireWriter) {
            writer.write(count: types.count)
            for type in types { writer.write(type) }
        }

        public init(body reader: inout WireReader) throws(WireError) {
            let count = try reader.readCount(ofAtLeast: 4)
            types = []
            types.reserveCapacity(count)
            for _ in 0..<count { types.append(try reader.readOID()) }
        }
    }
}
