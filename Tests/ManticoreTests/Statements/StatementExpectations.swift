import Manticore
import Testing

/// Checks a statement's text, byte for byte, and its parameters as the server would get them.
func expect(
    _ sql: SQL, _ text: String, _ parameters: [String?] = [], sourceLocation: Testing.SourceLocation = #_sourceLocation
) throws {
    let rendered = try sql.render()
    #expect(Array(rendered.text.utf8) == Array(text.utf8), "\(rendered.text)", sourceLocation: sourceLocation)
    #expect(rendered.parameters.map(shown) == parameters, sourceLocation: sourceLocation)
}

/// Checks that arguments are refused, and that the message has the words that help.
func expectRefusal(
    _ words: String..., code: PostgresError.Code = .invalidArgument,
    sourceLocation: Testing.SourceLocation = #_sourceLocation, _ body: () throws -> Void
) {
    let error = #expect(throws: PostgresError.self, sourceLocation: sourceLocation) { try body() }
    #expect(error?.code == code, sourceLocation: sourceLocation)
    for word in words {
        #expect(error?.message.contains(word) == true, "\(error?.message ?? "")", sourceLocation: sourceLocation)
    }
}

private func shown(_ parameter: any PostgresEncodable) -> String? {
    if parameter.isNull { return nil }
    var writer = WireWriter()
    parameter.encode(into: &writer)
    if parameter.postgresFormat == .text { return String(decoding: writer.bytes, as: UTF8.self) }
    // Big-endian integers and Bool are all that these tests send in binary.
    if parameter.postgresType == .bool { return writer.bytes == [1] ? "true" : "false" }
    return String(writer.bytes.reduce(0 as Int64) { $0 << 8 | Int64($1) })
}
