import PostgresWire
import Testing

/// What the server sends for a value: its text, and its bytes in hexadecimal.
typealias ScalarVector = (text: String, bytes: String)

/// A value's text and its bytes are the same value, and it is written as both; so are an array and a string of it.
func expectBothWays<Value: PostgresScalar>(
    _: Value.Type, _ vectors: [ScalarVector], _ type: PostgresOID = Value.postgresType,
    sourceLocation: Testing.SourceLocation = #_sourceLocation
) throws {
    for vector in vectors {
        let value = try decoded(Value.self, hex(vector.bytes), type)
        #expect(value.description == vector.text, sourceLocation: sourceLocation)
        #expect(Value(vector.text) == value, "\(vector.text)", sourceLocation: sourceLocation)
        #expect(
            try decoded(Value.self, text: vector.text, type) == value, "\(vector.text)", sourceLocation: sourceLocation)
        #expect(try encoded(value) == hex(vector.bytes), "\(vector.text)", sourceLocation: sourceLocation)
    }
    try expectRoundTrip(
        try vectors.map { try decoded(Value.self, text: $0.text, type) }, sourceLocation: sourceLocation)
    #expect(throws: WireError.typeMismatch, sourceLocation: sourceLocation) {
        try decoded(Value.self, hex(vectors[0].bytes), .bool)
    }
    #expect(!Value.canDecode(.bool, format: .binary) && !Value.canDecode(.bool, format: .text))
}

/// Values come back from their bytes, their text and an array, and bytes that were cut or lengthened do not make one.
func expectRoundTrip<Value: PostgresScalar>(
    _ values: [Value], sourceLocation: Testing.SourceLocation = #_sourceLocation
) throws {
    #expect(values.first?.postgresType == Value.postgresType && values.first?.postgresFormat == .binary)
    for value in values {
        let bytes = try encoded(value)
        #expect(try decoded(Value.self, bytes, Value.postgresType) == value, sourceLocation: sourceLocation)
        let text = value.description
        #expect(Value(text) == value, "\(text)", sourceLocation: sourceLocation)
        #expect(Value(text)?.hashValue == value.hashValue, "\(text)", sourceLocation: sourceLocation)
        #expect(Value(text + "%") == nil && Value("%" + text) == nil, "\(text)", sourceLocation: sourceLocation)
        #expect(throws: WireError.self, "\(text)", sourceLocation: sourceLocation) {
            try decoded(Value.self, bytes + [0], Value.postgresType)
        }
        #expect(throws: WireError.self, "\(text)", sourceLocation: sourceLocation) {
            try decoded(Value.self, bytes.dropLast(), Value.postgresType)
        }
    }
    var writer = WireWriter()
    Value.encodeArray(values, into: &writer)
    #expect(try decodedArray(Value.self, writer.bytes, .binary) == values, sourceLocation: sourceLocation)
    let optionals = [nil] + values.map(Optional.some)
    var optionalWriter = WireWriter()
    Value?.encodeArray(optionals, into: &optionalWriter)
    #expect(try decodedArray(Value?.self, optionalWriter.bytes, .binary) == optionals, sourceLocation: sourceLocation)
    // The delimiter is a semicolon for boxes alone, whose text has commas.
    let delimiter = Value.postgresType == .box ? ";" : ","
    let quoted = values.map { "\"" + $0.description + "\"" }.joined(separator: delimiter)
    #expect(
        try decodedArray(Value.self, Array("{\(quoted)}".utf8), .text) == values, sourceLocation: sourceLocation)
}

private func decodedArray<Value: PostgresScalar>(
    _: Value.Type, _ bytes: [UInt8], _ format: PostgresFormat
) throws(WireError) -> [Value] {
    try WireReader.read(bytes) { (reader) throws(WireError) -> [Value] in
        let values = try Value.decodeArray(from: &reader, type: Value.arrayType, format: format)
        try reader.expectEnd()
        return values
    }
}

private func decodedArray<Value: PostgresScalar>(
    _: Value?.Type, _ bytes: [UInt8], _ format: PostgresFormat
) throws(WireError) -> [Value?] {
    try WireReader.read(bytes) { (reader) throws(WireError) -> [Value?] in
        let values = try Value?.decodeArray(from: &reader, type: Value.arrayType, format: format)
        try reader.expectEnd()
        return values
    }
}
