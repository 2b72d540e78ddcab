/// The text form of any value that can be sent, for where it stands within a text.
enum TextForm {
    /// Writes the value as the server would print it.
    ///
    /// A value of a type that only its own server could print is a failure.
    static func write<Value: PostgresEncodable>(_ value: Value, into writer: inout WireWriter) {
        if let value = value as? PostgresValue { return value.encodeText(into: &writer) }
        var scratch = WireWriter()
        value.encode(into: &scratch)
        if let failure = scratch.failure { writer.fail(failure) }
        if value.postgresFormat == .text { return writer.write(bytes: scratch.bytes) }
        do {
            let value = try WireReader.read(scratch.bytes) { (reader) throws(WireError) -> PostgresValue in
                try PostgresValue(from: &reader, type: value.postgresType, format: .binary)
            }
            value.encodeText(into: &writer)
        } catch {
            writer.fail(error)
        }
    }
}
