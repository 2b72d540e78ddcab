/// A row as a `Decoder`: its columns are the keys.
struct RowDecoder: Decoder {
    private let cursor: RowCursor

    init(_ cursor: RowCursor) {
        self.cursor = cursor
    }

    var codingPath: [any CodingKey] { [] }
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedDecodingContainer<Key> {
        KeyedDecodingContainer(Keyed<Key>(cursor: cursor))
    }

    func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
        throw unsupported("a row is read by its columns' names, not as a list")
    }

    func singleValueContainer() throws -> any SingleValueDecodingContainer {
        guard cursor.row.count == 1 else {
            throw unsupported("a single value is read from a single column, and the row has \(cursor.row.count)")
        }
        return CellDecoder(cursor: cursor, index: 0)
    }

    private func unsupported(_ message: String) -> PostgresError { PostgresError(.decodingFailed, message) }
}

extension RowDecoder {
    /// The columns by name.
    struct Keyed<Key: CodingKey>: KeyedDecodingContainerProtocol {
        let cursor: RowCursor

        var codingPath: [any CodingKey] { [] }
        var allKeys: [Key] { cursor.allKeys.compactMap { Key(stringValue: $0) } }

        func contains(_ key: Key) -> Bool { cursor.contains(key.stringValue) }
        func decodeNil(forKey key: Key) throws -> Bool { try cursor.isNull(key.stringValue) }

        private func value<Value: PostgresDecodable>(_ key: Key, _ type: Value.Type) throws -> Value {
            try cursor.decode(key.stringValue, as: type)
        }

        private func narrow<Value: FixedWidthInteger>(_ key: Key, _ type: Value.Type) throws -> Value {
            try cursor.decodeNarrow(cursor.index(key.stringValue), as: type)
        }

        func decode(_ type: Bool.Type, forKey key: Key) throws -> Bool { try value(key, type) }
        func decode(_ type: String.Type, forKey key: Key) throws -> String { try value(key, type) }
        func decode(_ type: Double.Type, forKey key: Key) throws -> Double { try value(key, type) }
        func decode(_ type: Float.Type, forKey key: Key) throws -> Float { try value(key, type) }
        func decode(_ type: Int.Type, forKey key: Key) throws -> Int { try value(key, type) }
        func decode(_ type: Int16.Type, forKey key: Key) throws -> Int16 { try value(key, type) }
        func decode(_ type: Int32.Type, forKey key: Key) throws -> Int32 { try value(key, type) }
        func decode(_ type: Int64.Type, forKey key: Key) throws -> Int64 { try value(key, type) }
        func decode(_ type: UInt32.Type, forKey key: Key) throws -> UInt32 { try value(key, type) }
        func decode(_ type: UInt8.Type, forKey key: Key) throws -> UInt8 { try narrow(key, type) }
        func decode(_ type: Int8.Type, forKey key: Key) throws -> Int8 { try narrow(key, type) }
        func decode(_ type: UInt16.Type, forKey key: Key) throws -> UInt16 { try narrow(key, type) }
        func decode(_ type: UInt64.Type, forKey key: Key) throws -> UInt64 { try narrow(key, type) }
        func decode(_ type: UInt.Type, forKey key: Key) throws -> UInt { try narrow(key, type) }

        func decode<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value {
            try cursor.decode(cursor.index(key.stringValue), decodable: type)
        }

        // A structure whose properties are in separate types reads the same columns.
        func superDecoder() throws -> any Decoder { RowDecoder(cursor) }
        func superDecoder(forKey key: Key) throws -> any Decoder { RowDecoder(cursor) }

        func nestedContainer<Nested: CodingKey>(
            keyedBy type: Nested.Type, forKey key: Key
        ) throws -> KeyedDecodingContainer<Nested> { throw nested(key) }

        func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer { throw nested(key) }

        private func nested(_ key: Key) -> PostgresError {
            PostgresError(
                .decodingFailed,
                "\"\(key.stringValue)\" is read as a part of the same value, and a column holds no nested structure")
        }
    }
}
