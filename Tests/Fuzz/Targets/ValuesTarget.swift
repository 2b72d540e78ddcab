import PostgresWire

/// A value of any type, chosen by its four-byte OID at the start, in either format.
enum ValuesTarget: FuzzTarget {
    static let name = "values"
    static let maximumLength = 192

    static func run(_ input: [UInt8]) throws {
        guard input.count >= 3 else { return }
        let format: PostgresFormat = input[0] & 1 == 0 ? .binary : .text
        // The built-in types are below 2^14, and two bytes reach types of the user's own too.
        let type = PostgresOID(rawValue: UInt32(input[1]) << 8 | UInt32(input[2]))
        // No value is of no type.
        guard type != .unspecified else { return }
        let value = try Codec.check(
            PostgresValue.self, Array(input.dropFirst(3)), type, format, mayRefuse: [.embeddedNUL, .typeMismatch],
            // The text of a record, and of what else has no type that can be declared, does not tell the types in it.
            isSame: { $0 == $1 || $0.description.utf8.elementsEqual($1.description.utf8) })
        guard let value else { return }
        _ = value.description
        try require(value == value, "\(value) is not equal to itself")
        _ = value.hashValue
    }

    private static func seed(_ type: PostgresOID, _ format: PostgresFormat, _ bytes: [UInt8]) -> [UInt8] {
        [
            format == .binary ? 0 : 1, UInt8(truncatingIfNeeded: type.rawValue >> 8),
            UInt8(truncatingIfNeeded: type.rawValue),
        ]
            + bytes
    }

    static var seeds: [[UInt8]] {
        let values: [PostgresValue] = [
            true, 5, 1.5, "text", .bytes([0, 255]), .uuid(PostgresUUID(high: 1, low: 2)), .date(.infinity),
            .timestamp(PostgresTimestamp(microsecondsSince2000: 1)), .numeric(PostgresNumeric(123_456)),
            .json(PostgresJSON("[]")),
            .timestampWithTimeZone(PostgresTimestampWithTimeZone(microsecondsSince2000: 1)), [1, 2, nil],
            [[1, 2], [3, 4]],
            ["a", "b,c"], [.bytes([1])], [.date(.infinity)], [], [nil], .float4(0.1), .int2vector([1, 2]),
            .range(.bounds(.inclusive(1), .unbounded)), .multirange([.empty]),
            .record(PostgresRecord([1, nil, "a b"])),
            .tsquery(.lexeme("a")), .tsvector(PostgresTSVector([.init("a")])), .xml(PostgresXML("<a/>")),
        ]
        let sent = values.map { value in
            var writer = WireWriter()
            value.encode(into: &writer)
            let type = value.postgresType == .unspecified ? value.postgresFallbackType : value.postgresType
            return seed(type, value.postgresFormat, writer.bytes)
        }
        let texts: [(PostgresOID, String)] = [
            (.boxArray, "{(1,1),(0,0);(2,2),(1,1)}"), (.int2vector, "1 2 3"), (.point, "(1,2)"), (.interval, "1 day"),
            (.xid, "4294967295"), (.record, "(1,\"a b\")"), (.int4Array, "[0:1]={1,2}"),
            (PostgresOID(rawValue: 16_400), "sad"),
            (.textArray, "{{a,NULL},{\"\",\"\\\"\"}}"), (.float8Array, "{NaN,-Infinity}"), (.varcharArray, "{é}"),
        ]
        let nested: [UInt8] = [
            0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 22, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 26, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0,
            21, 0, 0,
            0, 1, 0, 0, 0, 0, 0, 0, 0, 2, 0, 5,
        ]
        return sent + texts.map { seed($0.0, .text, [UInt8](text: $0.1)) }
            + [seed(PostgresOID(rawValue: 1006), .binary, nested), seed(.record, .binary, [0, 0, 0, 0])]
    }

    static var dictionary: [[UInt8]] {
        ArraysTarget.dictionary
            + ([.int4, .text, .numeric, .int4Array, .textArray, .boxArray, .int2vector, .jsonb, .uuid] as [PostgresOID])
            .map {
                [UInt8(truncatingIfNeeded: $0.rawValue >> 8), UInt8(truncatingIfNeeded: $0.rawValue)]
            }
    }
}
