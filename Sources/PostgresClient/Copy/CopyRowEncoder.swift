/// A row as an `Encoder`: its columns are the keys.
struct CopyRowEncoder: Encoder {
    private let said: CopyStructureEncoder.Said

    init(_ said: CopyStructureEncoder.Said) {
        self.said = said
    }

    var codingPath: [any CodingKey] { [] }
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
        KeyedEncodingContainer(Keyed<Key>(said: said))
    }

    func unkeyedContainer() -> any UnkeyedEncodingContainer { Refusal() }
    func singleValueContainer() -> any SingleValueEncodingContainer { Refusal() }
}

extension CopyRowEncoder {
    /// The columns by name.
    struct Keyed<Key: CodingKey>: KeyedEncodingContainerProtocol {
        let said: CopyStructureEncoder.Said

        var codingPath: [any CodingKey] { [] }

        mutating func encodeNil(forKey key: Key) throws { try said.take(nil, key) }
        mutating func encode<Value: Encodable>(_ value: Value, forKey key: Key) throws { try said.take(value, key) }

        // The ordinary way says nothing of a property that is nil, and NULL is a value as any other.
        mutating func encodeIfPresent<Value: Encodable>(_ value: Value?, forKey key: Key) throws {
            try said.take(value, key)
        }
        mutating func encodeIfPresent(_ value: Bool?, forKey key: Key) throws { try said.take(value, key) }
        mutating func encodeIfPresent(_ value: String?, forKey key: Key) throws { try said.take(value, key) }
        mutating func encodeIfPresent(_ value: Double?, forKey key: Key) throws { try said.take(value, key) }
        mutating func encodeIfPresent(_ value: Float?, forKey key: Key) throws { try said.take(value, key) }
        mutating func encodeIfPresent(_ value: Int?, forKey key: Key) throws { try said.take(value, key) }
        mutating func encodeIfPresent(_ value: Int8?, forKey key: Key) throws { try said.take(value, key) }
        mutating func encodeIfPresent(_ value: Int16?, forKey key: Key) throws { try said.take(value, key) }
        mutating func encodeIfPresent(_ value: Int32?, forKey key: Key) throws { try said.take(value, key) }
        mutating func encodeIfPresent(_ value: Int64?, forKey key: Key) throws { try said.take(value, key) }
        mutating func encodeIfPresent(_ value: UInt?, forKey key: Key) throws { try said.take(value, key) }
        mutating func encodeIfPresent(_ value: UInt8?, forKey key: Key) throws { try said.take(value, key) }
        mutating func encodeIfPresent(_ value: UInt16?, forKey key: Key) throws { try said.take(value, key) }
        mutating func encodeIfPresent(_ value: UInt32?, forKey key: Key) throws { try said.take(value, key) }
        mutating func encodeIfPresent(_ value: UInt64?, forKey key: Key) throws { try said.take(value, key) }

        // A structure whose properties are in separate types fills the same columns.
        mutating func superEncoder() -> any Encoder { CopyRowEncoder(said) }
        mutating func superEncoder(forKey key: Key) -> any Encoder { CopyRowEncoder(said) }

        mutating func nestedContainer<Nested: CodingKey>(
            keyedBy type: Nested.Type, forKey key: Key
        ) -> KeyedEncodingContainer<Nested> { KeyedEncodingContainer(RefusedKeys<Nested>()) }

        mutating func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer { Refusal() }
    }

    private static var refusal: PostgresError {
        PostgresError(
            .encodingFailed, "a row is made of properties by the columns' names, not of lists or parts of parts")
    }

    /// For a structure that is no row.
    private struct RefusedKeys<Key: CodingKey>: KeyedEncodingContainerProtocol {
        var codingPath: [any CodingKey] { [] }
        mutating func encodeNil(forKey key: Key) throws { throw refusal }
        mutating func encode<Value: Encodable>(_ value: Value, forKey key: Key) throws { throw refusal }
        mutating func superEncoder() -> any Encoder { RefusedEncoder() }
        mutating func superEncoder(forKey key: Key) -> any Encoder { RefusedEncoder() }
        mutating func nestedContainer<Nested: CodingKey>(
            keyedBy type: Nested.Type, forKey key: Key
        ) -> KeyedEncodingContainer<Nested> { KeyedEncodingContainer(RefusedKeys<Nested>()) }
        mutating func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer { Refusal() }
    }

    /// For a value that is no row.
    private struct Refusal: UnkeyedEncodingContainer, SingleValueEncodingContainer {
        var codingPath: [any CodingKey] { [] }
        var count: Int { 0 }
        mutating func encodeNil() throws { throw refusal }
        mutating func encode<Value: Encodable>(_ value: Value) throws { throw refusal }
        mutating func superEncoder() -> any Encoder { RefusedEncoder() }
        mutating func nestedContainer<Nested: CodingKey>(
            keyedBy type: Nested.Type
        ) -> KeyedEncodingContainer<Nested> { KeyedEncodingContainer(RefusedKeys<Nested>()) }
        mutating func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer { Refusal() }
    }

    private struct RefusedEncoder: Encoder {
        var codingPath: [any CodingKey] { [] }
        var userInfo: [CodingUserInfoKey: Any] { [:] }
        func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
            KeyedEncodingContainer(RefusedKeys<Key>())
        }
        func unkeyedContainer() -> any UnkeyedEncodingContainer { Refusal() }
        func singleValueContainer() -> any SingleValueEncodingContainer { Refusal() }
    }
}
