/// The text of a value, as a field of COPY's text and CSV has it before anything in it is escaped.
package enum CopyTextForm {
    /// - Throws: ``WireError`` for a value that has no text here.
    package static func bytes(of value: some PostgresEncodable) throws(WireError) -> [UInt8] {
        var writer = WireWriter()
        TextForm.write(value, into: &writer)
        if let failure = writer.failure { throw failure }
        return writer.bytes
    }
}
