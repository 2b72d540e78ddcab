/// One value of a row as a `Decoder`, for types that read themselves from a single value, as enums with a raw value do.
struct CellDecoder: Decoder, SingleValueDecodingContainer {
    let cursor: RowCursor
    let index: Int

    var codingPath: [any CodingKey] { [] }
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    func singleValueContainer() -> any SingleValueDecodingContainer { self }

    func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
        throw noStructure("a structure")
    }

    func unkeyedContainer() throws -> any UnkeyedDecodingContainer { throw noStructure("a list") }

    private func noStructure(_ wanted: String) -> PostgresError {
        let columns = cursor.row.columns
        return PostgresError(
            .decodingFailed,
            """
            \(columns.name(of: index)) of type \(columns.typeName(of: index)) cannot be read as \(wanted): make the Swift \
            type PostgresDecodable, or select the value as jsonb
            """)
    }

    func decodeNil() -> Bool { cursor.isNull(at: index) }
    func decode(_ type: Bool.Type) throws -> Bool { try cursor.decode(index, as: type) }
    func decode(_ type: String.Type) throws -> String { try cursor.decode(index, as: type) }
    func decode(_ type: Double.Type) throws -> Double { try cursor.decode(index, as: type) }
    func decode(_ type: Float.Type) throws -> Float { try cursor.decode(index, as: type) }
    func decode(_ type: Int.Type) throws -> Int { try cursor.decode(index, as: type) }
    func decode(_ type: Int16.Type) throws -> Int16 { try cursor.decode(index, as: type) }
    func decode(_ type: Int32.Type) throws -> Int32 { try cursor.decode(index, as: type) }
    func decode(_ type: Int64.Type) throws -> Int64 { try cursor.decode(index, as: type) }
    func decode(_ type: UInt32.Type) throws -> UInt32 { try cursor.decode(index, as: type) }
    func decode(_ type: Int8.Type) throws -> Int8 { try cursor.decodeNarrow(index, as: type) }
    func decode(_ type: UInt8.Type) throws -> UInt8 { try cursor.decodeNarrow(index, as: type) }
    func decode(_ type: UInt16.Type) throws -> UInt16 { try cursor.decodeNarrow(index, as: type) }
    func decode(_ type: UInt64.Type) throws -> UInt64 { try cursor.decodeNarrow(index, as: type) }
    func decode(_ type: UInt.Type) throws -> UInt { try cursor.decodeNarrow(index, as: type) }

    func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
        // What asks for itself would ask for ever.
        guard let decodable = type as? any PostgresDecodable.Type else {
            throw noStructure("\(type)")
        }
        func open<Concrete: PostgresDecodable>(_ concrete: Concrete.Type) throws -> Value? {
            try cursor.decode(index, as: concrete) as? Value
        }
        guard let value = try open(decodable) else { throw noStructure("\(type)") }
        return value
    }
}
