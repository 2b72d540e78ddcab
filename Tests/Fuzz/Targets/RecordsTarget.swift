import PostgresWire

/// Records, composites and enums, and arrays of them.
enum RecordsTarget: FuzzTarget {
    static let name = "records"
    static let maximumLength = 256

    private static let userType = PostgresOID(rawValue: 16_400)
    private static let types: [PostgresOID] = [.record, userType, .recordArray]

    enum Mood: String, PostgresEnum {
        case happy, sad
    }

    struct Node: PostgresComposite, Equatable, CustomStringConvertible {
        var name: String
        var number: Int32?
        var mood: Mood?
        var bytes: [UInt8]?
        var numbers: [Int64?]
        var children: [Node]

        init(name: String, number: Int32?, mood: Mood?, bytes: [UInt8]?, numbers: [Int64?], children: [Node]) {
            self.name = name
            self.number = number
            self.mood = mood
            self.bytes = bytes
            self.numbers = numbers
            self.children = children
        }

        init(fields: inout PostgresCompositeDecoder) throws(WireError) {
            name = try fields.decode("name")
            number = try fields.decode("number")
            mood = try fields.decode("mood")
            bytes = try fields.decode("bytes")
            numbers = try fields.decode("numbers")
            children = try fields.decode("children")
        }

        func encode(fields: inout PostgresCompositeEncoder) {
            fields.encode("name", name)
            fields.encode("number", number)
            fields.encode("mood", mood)
            fields.encode("bytes", bytes)
            fields.encode("numbers", numbers)
            fields.encode("children", children)
        }

        static func == (left: Node, right: Node) -> Bool {
            left.name.utf8.elementsEqual(right.name.utf8) && left.number == right.number && left.mood == right.mood
                && left.bytes == right.bytes && left.numbers == right.numbers && left.children == right.children
        }

        var description: String { "\(name) and \(children.count) more" }
    }

    static func run(_ input: [UInt8]) throws {
        guard let (type, format, bytes) = Codec.choose(input, from: types) else { return }
        try Codec.checkOwn(PostgresRecord.self, bytes, type, format, mayRefuse: [.embeddedNUL, .typeMismatch])
        try Codec.checkOwn([PostgresRecord?].self, bytes, type, format, mayRefuse: [.embeddedNUL, .typeMismatch]) {
            PostgresArray($0).description
        }
        if let node = try? Codec.decode(Node.self, bytes, type, format) {
            var writer = WireWriter()
            node.encode(into: &writer)
            if writer.failure == nil {
                let again = try? Codec.decode(Node.self, writer.bytes, type, .text)
                try require(again == node, "\(node) is sent as \(writer.bytes), which is something else")
            } else {
                try require("\(writer.failure ?? .truncated)".contains("NUL"), "\(node) cannot be sent")
            }
        }
        if let mood = try? Codec.decode(Mood.self, bytes, type, format) {
            try require(bytes.elementsEqual(mood.rawValue.utf8), "\(bytes) is no \(mood)")
        }
    }

    static var seeds: [[UInt8]] {
        let leaf = Node(name: "a \"b\"", number: 1, mood: .sad, bytes: [1], numbers: [1, nil], children: [])
        let node = Node(name: "", number: nil, mood: nil, bytes: nil, numbers: [], children: [leaf, leaf])
        let texts = [
            "(1,\"a b\",)", "()", "(,)", "(\"a\"\"b\",\"c\\\\d\")", "(\"{1,2}\",\"(1,2)\")", "happy", "(a\\,b)",
            "(a,1,sad,\"\\\\x01\",\"{1,NULL}\",{})",
        ]
        let binary: [[UInt8]] = [
            [0, 0, 0, 2, 0, 0, 0, 23, 0, 0, 0, 4, 0, 0, 0, 7, 0, 0, 0, 25, 255, 255, 255, 255],
            [0, 0, 0, 1, 0, 0, 0x08, 0xC9, 0, 0, 0, 4, 0, 0, 0, 0], [0, 0, 0, 0],
            [
                0, 0, 0, 6, 0, 0, 0, 25, 0, 0, 0, 1, 65, 0, 0, 0, 23, 0, 0, 0, 4, 0, 0, 0, 7, 0, 0, 0x40, 0x10, 0, 0,
                0, 3, 0x73, 0x61, 0x64, 0, 0, 0, 17, 255, 255, 255, 255, 0, 0, 3, 0xF8, 0, 0, 0, 12, 0, 0, 0, 0, 0, 0,
                0, 0, 0, 0, 0, 20, 0, 0, 0x40, 0x11, 0, 0, 0, 12, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x40, 0x10,
            ],
        ]
        return texts.flatMap { text in types.flatMap { Codec.seeds($0, text: text, in: types) } }
            + binary.flatMap { bytes in types.map { Codec.seed($0, .binary, bytes, in: types) } }
            + [leaf, node].map { value in
                var writer = WireWriter()
                value.encode(into: &writer)
                return Codec.seed(userType, .text, writer.bytes, in: types)
            }
    }

    static let dictionary: [[UInt8]] =
        ["(", ")", ",", "\"", "\"\"", "\\\\", "{", "}", "NULL", "sad", "\\\\x"].map { [UInt8](text: $0) }
        + [
            [0, 0, 0, 1], [0, 0, 0, 23], [0, 0, 0, 25], [255, 255, 255, 255], [0, 0, 8, 0xC9], [0, 0, 8, 0xEF],
            [0, 0, 0x40, 0x10],
        ]
}
