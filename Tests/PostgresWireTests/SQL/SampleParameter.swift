import PostgresWire

/// A parameter of the tests' own, so that they say nothing about the codecs.
struct SampleParameter: PostgresEncodable, Equatable {
    var value: Int
    init(_ value: Int) { self.value = value }
    var postgresType: PostgresOID { .unspecified }
    var postgresFormat: PostgresFormat { .text }
    func encode(into writer: inout WireWriter) { writer.write(utf8: String(value)) }
}

extension RenderedSQL {
    /// The parameters' encoded text, nil for NULL.
    var shown: [String?] {
        parameters.map { parameter in
            if parameter.isNull { return nil }
            var writer = WireWriter()
            parameter.encode(into: &writer)
            return String(decoding: writer.bytes, as: UTF8.self)
        }
    }
}
