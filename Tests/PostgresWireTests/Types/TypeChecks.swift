import PostgresWire
import Testing

/// A value with both its forms; checks that each is read as the value, and what the value writes.
func checkForms<Value: PostgresEncodable & PostgresDecodable & Equatable & CustomStringConvertible>(
    _ value: Value, _ type: PostgresOID, binary: [UInt8], text: String,
    sourceLocation: SourceLocation = #_sourceLocation
) throws {
    #expect(try decoded(Value.self, binary, type) == value, sourceLocation: sourceLocation)
    #expect(try decoded(Value.self, text: text, type) == value, sourceLocation: sourceLocation)
    #expect(value.description == text, sourceLocation: sourceLocation)
    let sent = value.postgresFormat == .binary ? binary : Array(text.utf8)
    #expect(try encoded(value) == sent, sourceLocation: sourceLocation)
    #expect(Value.canDecode(type, format: .binary) && Value.canDecode(type, format: .text))
}

/// Reads damaged copies of what a value writes: each is an error or a value that can be printed and written.
func checkDamage<Value: PostgresDecodable & PostgresEncodable>(
    _ type: Value.Type, _ bytes: [UInt8], _ oid: PostgresOID, _ format: PostgresFormat,
    using generator: inout SeededGenerator
) {
    for _ in 0..<20 {
        var damaged = bytes
        switch Int.random(in: 0...3, using: &generator) {
        case 0: damaged.removeLast(Int.random(in: 0...damaged.count, using: &generator))
        case 1: damaged.append(UInt8.random(in: 0...255, using: &generator))
        default:
            guard let index = damaged.indices.randomElement(using: &generator) else { continue }
            let bound: UInt8 = Bool.random(using: &generator) ? 8 : 255
            damaged[index] = UInt8.random(in: 0...bound, using: &generator)
        }
        guard let value = try? decoded(Value.self, damaged, oid, format) else { continue }
        _ = "\(value)"
        var writer = WireWriter()
        value.encode(into: &writer)
    }
}

/// A type of the user's own.
let userType = PostgresOID(rawValue: 16_400)

/// Short texts with everything in them that means something to some text form.
func randomText(using generator: inout SeededGenerator) -> String {
    let alphabet = Array("abcé ,;(){}[]\"'\\NUL\t=>:*&|!<-.1")
    let count = Int.random(in: 0...6, using: &generator)
    return String((0..<count).map { _ in alphabet.randomElement(using: &generator) ?? "a" })
}
