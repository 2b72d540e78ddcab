/// A row as a `Decoder`: its columns are the keys.
struct RowDecoder: Decoder {
    let row: Row
    var codingPath: [any CodingKey] { [] }
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedDecodingContainer<Key> {
        KeyedDecodingContainer(Keyed<Key>(row: row))
    }

    func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
        throw unsupported("a row is read by its columns' names, not as a list")
    }

    func singleValueContainer() throws -> any SingleValueDecodingContainer {
        throw unsupported("a row is no single value; ask for a type that is PostgresDecodable")
    }

    private func unsupported(_ message: String) -> DecodingError {
        .dataCorrupted(DecodingError.Context(codingPath: [], debugDescription: message))
    }
}

extension RowDecoder {
    /// The columns by name.
    ///
    /// A synthesized initializer asks for its keys in the order of its properties, most often that of the columns: the
    /// column after the last one found is looked at first.
    final class Keyed<Key: CodingKey>: KeyedDecodingContainerProtocol {
        private let row: Row
        private var next = 0

        init(row: Row) {
            self.row = row
        }

        var codingPath: [any CodingKey] { [] }
        var allKeys: [Key] { row.columns.descriptions.compactMap { Key(stringValue: $0.name) } }

        private func find(_ key: Key) throws -> Int? {
            let name = key.stringValue
            let columns = row.columns.descriptions
            if next < columns.count, columns[next].name.utf8.elementsEqual(name.utf8),
                row.columns.indices(named: name).count == 1
            {
                next += 1
                return next - 1
            }
            let places = row.columns.indices(named: name)
            guard let place = places.first else { return nil }
            if places.count > 1 { _ = try row.columns.index(named: name) }
            next = place + 1
            return place
        }

        private func index(_ key: Key) throws -> Int {
            guard let index = try find(key) else {
                throw DecodingError.keyNotFound(
                    key, DecodingError.Context(codingPath: [key], debugDescription: "no such column"))
            }
            return index
        }

        func contains(_ key: Key) -> Bool { !row.columns.indices(named: key.stringValue).isEmpty }

        func decodeNil(forKey key: Key) throws -> Bool {
            let index = try index(key)
            next = index
            return try row.isNull(index)
        }

        private func value<Value: PostgresDecodable>(_ key: Key, _ type: Value.Type) throws -> Value {
            try row.decode(try index(key), as: type)
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
        func decode(_ type: UInt8.Type, forKey key: Key) throws -> UInt8 { try narrow(key) }
        func decode(_ type: Int8.Type, forKey key: Key) throws -> Int8 { try narrow(key) }
        func decode(_ type: UInt16.Type, forKey key: Key) throws -> UInt16 { try narrow(key) }
        func decode(_ type: UInt64.Type, forKey key: Key) throws -> UInt64 { try narrow(key) }
        func decode(_ type: UInt.Type, forKey key: Key) throws -> UInt { try narrow(key) }

        /// For the widths that PostgreSQL does not have.
        private func narrow<Value: FixedWidthInteger>(_ key: Key) throws -> Value {
            let index = try index(key)
            let wide = try row.decode(index, as: Int64.self)
            guard let value = Value(exactly: wide) else {
                throw DecodingFailure(.outOfRange, column: index).error(row.columns, row: nil, Value.self)
            }
            return value
        }

        func decode<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value {
            let index = try index(key)
            if let decodable = type as? any PostgresDecodable.Type {
                func open<Concrete: PostgresDecodable>(_ concrete: Concrete.Type) throws -> Value? {
                    try row.decode(index, as: concrete) as? Value
                }
                if let value = try open(decodable) { return value }
            }
            throw DecodingError.typeMismatch(
                type,
                DecodingError.Context(
                    codingPath: [key],
                    debugDescription: "\(type) is not PostgresDecodable, so no column can be read as it"))
        }

        func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type, forKey key: Key) throws
            -> KeyedDecodingContainer<Nested>
        { throw nested(key) }

        func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer { throw nested(key) }
        func superDecoder() throws -> any Decoder { RowDecoder(row: row) }
        func superDecoder(forKey key: Key) throws -> any Decoder { RowDecoder(row: row) }

        private func nested(_ key: Key) -> DecodingError {
            .dataCorrupted(
                DecodingError.Context(codingPath: [key], debugDescription: "a column holds no nested structure"))
        }
    }
}
