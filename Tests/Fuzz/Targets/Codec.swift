import PostgresWire

/// What must hold of a type that can be read and sent, whatever the bytes are.
enum Codec {
    /// Reads all of the bytes as a value, or nothing.
    static func decode<Value: PostgresDecodable>(
        _: Value.Type, _ bytes: [UInt8], _ type: PostgresOID, _ format: PostgresFormat
    ) throws(WireError) -> Value {
        try WireReader.read(bytes) { (reader) throws(WireError) -> Value in
            let value = try Value(from: &reader, type: type, format: format)
            try reader.expectEnd()
            return value
        }
    }

    /// Reads the bytes; what is read can be sent, and reads as the same again.
    ///
    /// - Parameters:
    ///   - mayRefuse: Why a value that was read may not be sent.
    ///   - isSame: Whether two values are the same, where `==` does not tell.
    /// - Returns: The value; nil if the bytes are none.
    @discardableResult
    static func check<Value: PostgresDecodable & PostgresEncodable>(
        _: Value.Type, _ bytes: [UInt8], _ type: PostgresOID, _ format: PostgresFormat,
        mayRefuse: [WireError] = [], isSame: (Value, Value) -> Bool
    ) throws -> Value? {
        guard let value = try? decode(Value.self, bytes, type, format) else { return nil }
        try require(Value.canDecode(type, format: format), "\(Value.self) reads \(type) which it says it cannot")
        var writer = WireWriter()
        value.encode(into: &writer)
        if let failure = writer.failure {
            try require(mayRefuse.contains(failure), "\(value) of \(type) cannot be sent: \(failure)")
            return value
        }
        let sentType = value.postgresType == .unspecified ? value.postgresFallbackType : value.postgresType
        let again: Value
        do {
            again = try decode(Value.self, writer.bytes, sentType, value.postgresFormat)
        } catch {
            throw FuzzFailure("\(value) of \(type) is sent as \(writer.bytes), which is refused: \(error)")
        }
        try require(isSame(value, again), "\(value) of \(type) is read back as \(again)")
        return value
    }

    @discardableResult
    static func check<Value: PostgresDecodable & PostgresEncodable & Equatable>(
        _: Value.Type, _ bytes: [UInt8], _ type: PostgresOID, _ format: PostgresFormat, mayRefuse: [WireError] = []
    ) throws -> Value? {
        try check(Value.self, bytes, type, format, mayRefuse: mayRefuse, isSame: { $0 == $1 })
    }

    /// As ``check(_:_:_:_:mayRefuse:)``, and the description is the server's text form, which reads as the same.
    static func checkText<Value>(
        _: Value.Type, _ bytes: [UInt8], _ type: PostgresOID, _ format: PostgresFormat
    ) throws where Value: PostgresDecodable & PostgresEncodable & Hashable & CustomStringConvertible {
        guard let value = try check(Value.self, bytes, type, format) else { return }
        let text = value.description
        guard let again = try? decode(Value.self, Array(text.utf8), type, .text) else {
            throw FuzzFailure("the text \(text) of \(type) is refused")
        }
        try require(again == value, "the text \(text) of \(type) is read back as \(again)")
        try require(again.hashValue == value.hashValue, "two equal values \(text) have different hashes")
    }

    /// As ``check(_:_:_:_:mayRefuse:)``, for types whose number only the server knows: what is sent is read as of the
    /// same type, and two values are the same whose texts are.
    static func checkOwn<Value: PostgresDecodable & PostgresEncodable>(
        _: Value.Type, _ bytes: [UInt8], _ type: PostgresOID, _ format: PostgresFormat, mayRefuse: [WireError] = [],
        _ describe: (Value) -> String
    ) throws {
        guard let value = try? decode(Value.self, bytes, type, format) else { return }
        try require(Value.canDecode(type, format: format), "\(Value.self) reads \(type) which it says it cannot")
        var writer = WireWriter()
        value.encode(into: &writer)
        if let failure = writer.failure {
            return try require(mayRefuse.contains(failure), "\(value) of \(type) cannot be sent: \(failure)")
        }
        let text = describe(value)
        for (bytes, format) in [(writer.bytes, value.postgresFormat), (Array(text.utf8), .text)] {
            guard let again = try? decode(Value.self, bytes, type, format) else {
                throw FuzzFailure("\(text) of \(type) is sent as \(bytes), which is refused")
            }
            try require(
                describe(again).utf8.elementsEqual(text.utf8), "\(text) of \(type) is read back as \(again)")
        }
    }

    static func checkOwn<Value: PostgresDecodable & PostgresEncodable & CustomStringConvertible>(
        _: Value.Type, _ bytes: [UInt8], _ type: PostgresOID, _ format: PostgresFormat, mayRefuse: [WireError] = []
    ) throws {
        try checkOwn(Value.self, bytes, type, format, mayRefuse: mayRefuse) { $0.description }
    }

    /// The format and the type that an input's first byte chooses, and the value's bytes after it.
    static func choose(
        _ input: [UInt8], from types: [PostgresOID]
    ) -> (type: PostgresOID, format: PostgresFormat, bytes: [UInt8])? {
        guard let first = input.first else { return nil }
        return (types[Int(first >> 1) % types.count], first & 1 == 0 ? .binary : .text, Array(input.dropFirst()))
    }

    /// An input that ``choose(_:from:)`` takes apart again.
    static func seed(_ type: PostgresOID, _ format: PostgresFormat, _ bytes: [UInt8], in types: [PostgresOID])
        -> [UInt8]
    {
        [UInt8(clamping: (types.firstIndex(of: type) ?? 0) << 1 | (format == .text ? 1 : 0))] + bytes
    }

    static func seeds(_ type: PostgresOID, text: String..., in types: [PostgresOID]) -> [[UInt8]] {
        text.map { seed(type, .text, [UInt8](text: $0), in: types) }
    }

    /// What a value is sent as, for the type that it declares.
    static func seed(_ value: any PostgresEncodable, in types: [PostgresOID]) -> [UInt8] {
        var writer = WireWriter()
        value.encode(into: &writer)
        let type = value.postgresType == .unspecified ? value.postgresFallbackType : value.postgresType
        return seed(type, value.postgresFormat, writer.bytes, in: types)
    }
}
