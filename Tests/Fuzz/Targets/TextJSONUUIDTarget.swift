import PostgresWire

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Text, `bytea`, JSON, `uuid` and the labels of an enum.
enum TextJSONUUIDTarget: FuzzTarget {
    static let name = "text-json-uuid"
    static let maximumLength = 128

    private static let types: [PostgresOID] = [
        .text, .varchar, .bpchar, .name, .char, .json, .jsonb, .xml, .bytea, .uuid, .unknown, .int4,
        // An enum of the user's own.
        PostgresOID(rawValue: 16_400),
    ]

    private enum Mood: String, PostgresEncodable, PostgresDecodable {
        case happy
        case sad
    }

    static func run(_ input: [UInt8]) throws {
        guard let (type, format, bytes) = Codec.choose(input, from: types) else { return }
        let text = try Codec.check(
            String.self, bytes, type, format, mayRefuse: [.embeddedNUL], isSame: { $0.utf8.elementsEqual($1.utf8) })
        if let text, type == .text || type == .varchar {
            try require(text.utf8.elementsEqual(bytes), "\(bytes) is read as \(Array(text.utf8))")
        }
        try Codec.check(PostgresJSON.self, bytes, type, format, mayRefuse: [.embeddedNUL])
        try Codec.check(Mood.self, bytes, type, format)
        try Codec.check(UUID.self, bytes, type, format)
        try Codec.checkText(PostgresUUID.self, bytes, type, format)
        try Codec.check(Data.self, bytes, type, format)
        guard let data = try Codec.check([UInt8].self, bytes, type, format) else { return }
        let printed = PostgresValue.bytes(data).description
        let again = try? Codec.decode([UInt8].self, Array(printed.utf8), .bytea, .text)
        try require(again == data, "\(data) is printed as \(printed)")
    }

    static var seeds: [[UInt8]] {
        let values: [any PostgresEncodable] = [
            "", "é漢😀", PostgresJSON("{\"a\": [1, null]}"), [1, 0, 255] as [UInt8], PostgresUUID(high: 1, low: .max),
        ]
        let texts = [
            "\\x", "\\x00ff", "\\xFF", "\\x0", "\\000\\377\\\\a", "\\9", "\\", "6f1b2a1e-3f66-4b1c-9a60-0c2c5d1e8f00",
            "6F1B2A1E-3F66-4B1C-9A60-0C2C5D1E8F00", "6f1b2a1e3f664b1c9a600c2c5d1e8f00", "{}", "null", "happy", "sad",
            "e\u{301}",
        ]
        return values.map { Codec.seed($0, in: types) }
            + texts.flatMap { text in types.flatMap { Codec.seeds($0, text: text, in: types) } }
            + [
                Codec.seed(.jsonb, .binary, [1] + [UInt8](text: "{}"), in: types),
                Codec.seed(.jsonb, .binary, [2] + [UInt8](text: "{}"), in: types),
                Codec.seed(.text, .binary, [0xC3, 0x28], in: types), Codec.seed(.text, .binary, [0x61, 0], in: types),
                Codec.seed(PostgresOID(rawValue: 16_400), .binary, [UInt8](text: "sad"), in: types),
            ]
    }

    static let dictionary: [[UInt8]] =
        ["\\x", "\\\\", "\\000", "\\377", "happy", "sad", "-4b1c-"].map { [UInt8](text: $0) }
        + [[0xC3, 0xA9], [0xF0, 0x9F, 0x98, 0x80], [0xED, 0xA0, 0x80], [0xC0, 0x80], [0xEF, 0xBB, 0xBF]]
}
