extension Frontend {
    /// Prepares a statement.
    ///
    /// Source: PostgreSQL manual, "Message Formats", Parse.
    public struct Parse: WireMessage {
        public static var type: UInt8? { MessageType.parse }

        /// The statement's name; empty for the unnamed one.
        public var name: String
        /// One statement, with `$1`, `$2` … where parameters go.
        public var sql: String
        /// The parameters' types, as many as the client wants to fix; ``PostgresOID/unspecified`` leaves one open.
        public var parameterTypes: [PostgresOID]

        public init(name: String = "", sql: String, parameterTypes: [PostgresOID] = []) {
            self.name = name
            self.sql = sql
            self.parameterTypes = parameterTypes
        }

        public func encodeBody(into writer: inout WireWriter) {
            writer.writeCString(name)
            writer.writeCString(sql)
            writer.write(count: parameterTypes.count)
            for type in parameterTypes { writer.write(type) }
        }

        public init(body reader: inout WireReader) throws(WireError) {
            name = try reader.readCString()
            sql = try reader.readCString()
            let count = try reader.readCount(ofAtLeast: 4)
            parameterTypes = []
            parameterTypes.reserveCapacity(count)
            for _ in 0..<count { parameterTypes.append(try reader.readOID()) }
        }
    }
}
