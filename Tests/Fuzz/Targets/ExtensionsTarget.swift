import PostgresWire

/// The types of extensions, which come with any of the user's own numbers; and paths into JSON, and XML.
enum ExtensionsTarget: FuzzTarget {
    static let name = "extensions"
    static let maximumLength = 192

    private static let userType = PostgresOID(rawValue: 16_400)
    private static let types: [PostgresOID] = [userType, .jsonpath, .xml]

    static func run(_ input: [UInt8]) throws {
        guard let (type, format, bytes) = Codec.choose(input, from: types) else { return }
        try Codec.checkOwn(PostgresHStore.self, bytes, type, format, mayRefuse: [.embeddedNUL])
        try Codec.checkOwn(PostgresLTree.self, bytes, type, format, mayRefuse: [.embeddedNUL])
        try Codec.checkOwn(PostgresLQuery.self, bytes, type, format, mayRefuse: [.embeddedNUL])
        try Codec.checkOwn(PostgresLTxtQuery.self, bytes, type, format, mayRefuse: [.embeddedNUL])
        try Codec.checkOwn(PostgresCube.self, bytes, type, format)
        try Codec.checkOwn(PostgresVector.self, bytes, type, format)
        try Codec.checkOwn(PostgresHalfVector.self, bytes, type, format)
        try Codec.checkOwn(PostgresSparseVector.self, bytes, type, format)
        try Codec.checkOwn(PostgresGeometry.self, bytes, type, format)
        try Codec.checkOwn(PostgresJSONPath.self, bytes, type, format, mayRefuse: [.embeddedNUL])
        try Codec.checkOwn(PostgresXML.self, bytes, type, format, mayRefuse: [.embeddedNUL])
        try Codec.checkOwn([PostgresHStore?].self, bytes, type, format, mayRefuse: [.embeddedNUL]) {
            PostgresArray($0).description
        }
        try catalogued(bytes, format)
    }

    /// The same bytes as whatever a catalogue says they are.
    private static func catalogued(_ bytes: [UInt8], _ format: PostgresFormat) throws {
        var catalog = PostgresTypeCatalog()
        let names = ["hstore", "cube", "vector", "halfvec", "sparsevec", "ltree", "citext", "geometry"]
        for (offset, name) in names.enumerated() {
            let type = PostgresOID(rawValue: 16_401 + UInt32(offset))
            catalog[type] = .init(schema: "public", name: name, kind: .base)
            let value = try? WireReader.read(bytes) { (reader) throws(WireError) -> PostgresValue in
                try PostgresValue(from: &reader, type: type, format: format, resolving: catalog)
            }
            if let value { try require(value.hashValue == value.hashValue, "\(value) has no hash") }
            catalog[userType] = .init(schema: "public", name: "own", kind: kind(offset, type))
            let own = try? WireReader.read(bytes) { (reader) throws(WireError) -> PostgresValue in
                try PostgresValue(from: &reader, type: userType, format: format, resolving: catalog)
            }
            _ = own?.description
        }
    }

    private static func kind(_ offset: Int, _ type: PostgresOID) -> PostgresTypeCatalog.Kind {
        switch offset {
        case 0: .array(of: type)
        case 1: .range(of: .text)
        case 2: .domain(of: type)
        case 3: .multirange(of: userType)
        case 4: .composite([.init(name: "a", type: userType), .init(name: "b", type: type)])
        case 5: .array(of: userType)
        default: .domain(of: userType)
        }
    }

    static var seeds: [[UInt8]] {
        let texts = [
            "\"a\"=>\"1\", \"b\"=>NULL", "\"a\\\"b\"=>\"\\\\\"", "Top.Science", "(1, 2.5),(3, 4)", "()",
            "[1,2.5,-3e+06]",
            "0101000020E6100000000000000000F03F0000000000000040", "{1:1,3:2.5}/5", "{}/0", "$.a[*]", "<a/>",
            "{\"\\\"a\\\"=>NULL\",NULL}", "(\"(a,b)\",c)", "[\"a b\",)",
        ]
        let binary: [[UInt8]] = [
            [0, 0, 0, 2, 0, 0, 0, 1, 97, 0, 0, 0, 1, 98, 0, 0, 0, 1, 98, 255, 255, 255, 255], [1, 97, 46, 98],
            [0x80, 0, 0, 1, 0x3F, 0xF0, 0, 0, 0, 0, 0, 0], [0, 0, 0, 1] + [UInt8](repeating: 0, count: 16),
            [0, 1, 0, 0, 0x3F, 0x80, 0, 0], [0, 2, 0, 0, 0x3C, 0, 0xFC, 0],
            [1, 1, 0, 0, 0] + [UInt8](repeating: 0, count: 16),
            [0, 0, 0, 5, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 2, 0x3F, 0x80, 0, 0], [1, 36],
        ]
        return texts.flatMap { text in types.flatMap { Codec.seeds($0, text: text, in: types) } }
            + binary.flatMap { bytes in types.map { Codec.seed($0, .binary, bytes, in: types) } }
    }

    static let dictionary: [[UInt8]] =
        ["\"", "=>", "NULL", ", ", "\\\\", "\\\"", "(", ")", "),(", "[", "]", "{", "}/", "1:", "NaN", "e+30", "-0"].map
    {
        [UInt8](text: $0)
    } + [[0, 0, 0, 1], [255, 255, 255, 255], [0x80, 0, 0, 2], [0, 1, 0, 0], [0x7F, 0xC0, 0, 0], [0x7C, 1]]
}
