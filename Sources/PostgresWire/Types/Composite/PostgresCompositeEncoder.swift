/// Takes the fields of a composite value one after the other.
///
/// Source: PostgreSQL manual, "Composite Type Input and Output Syntax".
public struct PostgresCompositeEncoder {
    private var writer = WireWriter()
    private var count = 0

    init() {}

    /// Writes the next field.
    ///
    /// What cannot be sent is kept as ``WireError/field(_:_:)`` in the writer of the whole value.
    ///
    /// - Parameters:
    ///   - name: The field's name, for errors: it is not on the wire.
    ///   - value: The field's value; an optional that is nil is NULL.
    public mutating func encode<Value: PostgresEncodable>(_ name: String, _ value: Value) {
        writer.write(count == 0 ? UInt8(ascii: "(") : UInt8(ascii: ","))
        count += 1
        if value.isNull { return }
        var scratch = WireWriter()
        TextForm.write(value, into: &scratch)
        if let failure = scratch.failure { writer.fail(.field(name, failure)) }
        RecordText.encode(scratch.bytes, into: &writer)
    }

    consuming func finish(into target: inout WireWriter) {
        if count == 0 { target.write(UInt8(ascii: "(")) }
        target.write(bytes: writer.bytes)
        target.write(UInt8(ascii: ")"))
        if let failure = writer.failure { target.fail(failure) }
    }
}
