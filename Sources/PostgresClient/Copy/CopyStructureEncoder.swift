/// Takes the properties of structures as the values of rows, by the columns' names.
final class CopyStructureEncoder {
    /// What one structure said.
    final class Said {
        /// The keys in the order in which they were given.
        var keys: [String] = []
        var values: [(any PostgresEncodable)?]
        var isGiven: [Bool]
        private let places: [[UInt8]: Int]?
        private let takesJSON: (Int) -> Bool

        init(places: [[UInt8]: Int]?, count: Int, takesJSON: @escaping (Int) -> Bool) {
            self.places = places
            self.takesJSON = takesJSON
            values = Array(repeating: nil, count: count)
            isGiven = Array(repeating: false, count: count)
        }

        func take(_ value: (any Encodable)?, _ key: any CodingKey) throws {
            guard let places else {
                if !keys.contains(where: { $0.utf8.elementsEqual(key.stringValue.utf8) }) {
                    keys.append(key.stringValue)
                }
                return
            }
            guard let index = places[Array(key.stringValue.utf8)] else { return }
            isGiven[index] = true
            values[index] = try value.map { try encodable($0, key, index) }
        }

        private func encodable(
            _ value: any Encodable, _ key: any CodingKey, _ index: Int
        ) throws -> any PostgresEncodable {
            if let value = value as? any PostgresEncodable { return value }
            func raw(_ value: some RawRepresentable) -> (any PostgresEncodable)? {
                value.rawValue as? any PostgresEncodable
            }
            if let value = value as? any RawRepresentable, let raw = raw(value) { return raw }
            guard takesJSON(index) else {
                throw PostgresError(
                    .encodingFailed,
                    "property \"\(key.stringValue)\" is of \(type(of: value)), which is no value of a column")
            }
            return try PostgresJSON(encoding: value)
        }
    }

    private let names: [String]
    private let places: [[UInt8]: Int]
    private let keys: ColumnKeyStrategy

    init(_ names: [String], _ keys: ColumnKeyStrategy) {
        self.names = names
        self.keys = keys
        var places: [[UInt8]: Int] = [:]
        for (index, name) in names.enumerated() { places[Array(name.utf8)] = index }
        // A column that has the name itself goes before those whose name is made into it.
        for (index, name) in names.enumerated() {
            let key = Array(keys.key(for: name).utf8)
            if places[key] == nil { places[key] = index }
        }
        self.places = places
    }

    /// The values of a structure's properties in the order of the columns.
    ///
    /// - Throws: ``PostgresError/Code-swift.struct/encodingFailed`` if a column has no property, or a property is no value.
    func values<Structure: Encodable>(
        of structure: Structure, isText takesJSON: @escaping (Int) -> Bool, row: Int
    ) throws -> [(any PostgresEncodable)?] {
        let said = Said(places: places, count: names.count, takesJSON: takesJSON)
        try structure.encode(to: CopyRowEncoder(said))
        guard let missing = said.isGiven.firstIndex(of: false) else { return said.values }
        throw PostgresError(
            .encodingFailed,
            "row \(row), a \(Structure.self), has no property for column \(missing) (\"\(names[missing])\")")
    }

    /// The columns that a structure's properties are for.
    static func columns<Structure: Encodable>(
        of structure: Structure, _ keys: ColumnKeyStrategy
    ) throws -> [String] {
        let said = Said(places: nil, count: 0, takesJSON: { _ in true })
        try structure.encode(to: CopyRowEncoder(said))
        guard !said.keys.isEmpty else {
            throw PostgresError(.encodingFailed, "a \(Structure.self) has no properties, of which there must be one")
        }
        return said.keys.map(keys.column)
    }
}

extension ColumnKeyStrategy {
    /// The name of the column for a property.
    func column(for key: String) -> String {
        switch self {
        case .exact: return key
        case .convertFromSnakeCase:
            let bytes = Array(key.utf8)
            var name: [UInt8] = []
            for (index, byte) in bytes.enumerated() {
                guard (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) else {
                    name.append(byte)
                    continue
                }
                // Of several capitals the last begins a word: `imageURLPath` is image_url_path.
                let before = index > 0 ? bytes[index - 1] : UInt8(ascii: "_")
                let isAfterSmall = before != UInt8(ascii: "_") && !ColumnKeyStrategy.isCapital(before)
                let isBeforeSmall =
                    index + 1 < bytes.count && !ColumnKeyStrategy.isCapital(bytes[index + 1])
                    && bytes[index + 1] != UInt8(ascii: "_")
                if isAfterSmall || (ColumnKeyStrategy.isCapital(before) && isBeforeSmall) {
                    name.append(UInt8(ascii: "_"))
                }
                name.append(byte | 0x20)
            }
            return String(decoding: name, as: UTF8.self)
        }
    }

    private static func isCapital(_ byte: UInt8) -> Bool { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) }
}
