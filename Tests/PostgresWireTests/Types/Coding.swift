import PostgresWire

/// What a value writes.
func encoded(_ value: some PostgresEncodable) throws(WireError) -> [UInt8] {
    var writer = WireWriter()
    value.encode(into: &writer)
    if let failure = writer.failure { throw failure }
    return writer.bytes
}

/// Reads a value as a row does: all of the bytes or none.
func decoded<Value: PostgresDecodable>(
    _ type: Value.Type = Value.self, _ bytes: [UInt8], _ oid: PostgresOID, _ format: PostgresFormat = .binary
) throws(WireError) -> Value {
    try WireReader.read(bytes) { (reader) throws(WireError) -> Value in
        let value = try Value(from: &reader, type: oid, format: format)
        try reader.expectEnd()
        return value
    }
}

/// Reads a value in text format.
func decoded<Value: PostgresDecodable>(
    _ type: Value.Type = Value.self, text: String, _ oid: PostgresOID
) throws(WireError) -> Value {
    try decoded(Value.self, Array(text.utf8), oid, .text)
}

/// Bytes in hexadecimal, with blanks anywhere.
func hex(_ text: String) -> [UInt8] {
    let digits = text.compactMap(\.hexDigitValue)
    return stride(from: 0, to: digits.count - 1, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
}

/// The same numbers for the same seed (SplitMix64).
struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
