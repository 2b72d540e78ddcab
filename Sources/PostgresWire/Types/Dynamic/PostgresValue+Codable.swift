/// Written with its type and its text, so that the same value is read again: `{"type": "date", "value": "2024-02-29"}`,
/// `{"type": "int4", "int": 5}`, `{"text": "a"}`; NULL as null.
///
/// A type that only one database has is named by its number; those of extensions by their names.
extension PostgresValue: Codable {
    private enum CodingKeys: String, CodingKey {
        case type, value, text, int, json, array, range, multirange, record, format, bytes
    }

    public func encode(to encoder: any Encoder) throws {
        if case .null = self {
            var container = encoder.singleValueContainer()
            return try container.encodeNil()
        }
        var container = encoder.container(keyedBy: CodingKeys.self)
        func encode(_ type: PostgresOID) throws {
            guard type != .unspecified else { return }
            if let name = type.name {
                try container.encode(name, forKey: .type)
            } else {
                try container.encode(type, forKey: .type)
            }
        }
        switch self {
        case .int(let value, let type):
            try encode(type)
            try container.encode(value, forKey: .int)
        case .text(let value, let type):
            try encode(type)
            try container.encode(value, forKey: .text)
        case .json(let value, let type):
            try encode(type)
            try container.encode(value, forKey: .json)
        case .array(let value, let type):
            try encode(type)
            try container.encode(value, forKey: .array)
        case .range(let value, let type):
            try encode(type)
            try container.encode(value, forKey: .range)
        case .multirange(let value, let type):
            try encode(type)
            try container.encode(value, forKey: .multirange)
        case .record(let value, let type):
            try encode(type)
            try container.encode(value, forKey: .record)
        case .unknown(let type, let format, let bytes):
            try encode(type)
            try container.encode(format == .binary ? "binary" : "text", forKey: .format)
            try container.encode(PostgresBytea.description(bytes), forKey: .bytes)
        default:
            if let extensionName {
                try container.encode(extensionName, forKey: .type)
            } else {
                try encode(postgresType)
            }
            try container.encode(description, forKey: .value)
        }
    }

    /// - Throws: `DecodingError` for what is no value of the type that it names.
    public init(from decoder: any Decoder) throws {
        if try decoder.singleValueContainer().decodeNil() {
            self = .null
            return
        }
        let container = try decoder.container(keyedBy: CodingKeys.self)
        if container.contains(.value) {
            self = try Self.decodeValue(container)
            return
        }
        let type = try Self.decodeType(container)
        if container.contains(.int) {
            self = .int(try container.decode(Int64.self, forKey: .int), type: type ?? .int8)
        } else if container.contains(.json) {
            self = .json(try container.decode(PostgresJSON.self, forKey: .json), type: type ?? .unspecified)
        } else if container.contains(.array) {
            self = .array(try container.decode(PostgresArray.self, forKey: .array), type: type ?? .unspecified)
        } else if container.contains(.range) {
            self = .range(try container.decode(PostgresRange.self, forKey: .range), type: type ?? .unspecified)
        } else if container.contains(.multirange) {
            let multirange = try container.decode(PostgresMultirange<PostgresValue>.self, forKey: .multirange)
            self = .multirange(multirange, type: type ?? .unspecified)
        } else if container.contains(.record) {
            self = .record(try container.decode(PostgresRecord.self, forKey: .record), type: type ?? .unspecified)
        } else if container.contains(.bytes) {
            let text = Array(try container.decode(String.self, forKey: .bytes).utf8)
            let bytes = WireReader.read(text) { reader in try? PostgresBytea.decode(from: &reader, format: .text) }
            guard let bytes else { throw Self.failure(.bytes, container) }
            let format: PostgresFormat
            switch try container.decode(String.self, forKey: .format) {
            case "binary": format = .binary
            case "text": format = .text
            default: throw Self.failure(.format, container)
            }
            self = .unknown(type: type ?? .unspecified, format: format, bytes: bytes)
        } else {
            self = .text(try container.decode(String.self, forKey: .text), type: type ?? .unspecified)
        }
    }

    private static func decodeType(_ container: KeyedDecodingContainer<CodingKeys>) throws -> PostgresOID? {
        guard container.contains(.type) else { return nil }
        guard let name = try? container.decode(String.self, forKey: .type) else {
            return try container.decode(PostgresOID.self, forKey: .type)
        }
        guard let type = PostgresOID.builtIn[name] else { throw failure(.type, container) }
        return type
    }

    private static func decodeValue(_ container: KeyedDecodingContainer<CodingKeys>) throws -> PostgresValue {
        let text = Array(try container.decode(String.self, forKey: .value).utf8)
        if let name = try? container.decode(String.self, forKey: .type), PostgresOID.builtIn[name] == nil {
            let value = WireReader.read(text) { reader in
                try? decodeExtension(from: &reader, named: name, type: .unspecified, format: .text)
            }
            guard let value else { throw failure(.type, container) }
            return value
        }
        guard let type = try decodeType(container) else { throw failure(.type, container) }
        let value = WireReader.read(text) { reader in
            try? PostgresValue(from: &reader, type: type, format: .text)
        }
        guard let value else { throw failure(.value, container) }
        return value
    }

    private static func failure(
        _ key: CodingKeys, _ container: KeyedDecodingContainer<CodingKeys>
    ) -> DecodingError {
        DecodingError.dataCorruptedError(
            forKey: key, in: container, debugDescription: "this is no value of a PostgreSQL type that is known")
    }

    /// The name by which the type of an extension is known.
    private var extensionName: String? {
        switch self {
        case .hstore: "hstore"
        case .ltree: "ltree"
        case .lquery: "lquery"
        case .ltxtquery: "ltxtquery"
        case .cube: "cube"
        case .vector: "vector"
        case .halfVector: "halfvec"
        case .sparseVector: "sparsevec"
        case .geometry: "geometry"
        default: nil
        }
    }
}

extension PostgresOID {
    /// The built-in types by their names in `pg_type`.
    fileprivate static let builtIn: [String: PostgresOID] = {
        var types: [String: PostgresOID] = [:]
        // Numbers from here on are not the server's own.
        for number in 1..<16384 as Range<UInt32> {
            let type = PostgresOID(rawValue: number)
            if let name = type.name { types[name] = type }
        }
        return types
    }()
}
