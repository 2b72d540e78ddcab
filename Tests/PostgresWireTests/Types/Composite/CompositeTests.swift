import PostgresWire
import Testing

@Suite(.ownThread) struct CompositeTests {
    struct Address: PostgresComposite, Equatable {
        var street: String
        var number: Int32
        var country: String?
        var tags: [Int]?
        var photo: [UInt8]?

        init(street: String, number: Int32, country: String? = nil, tags: [Int]? = nil, photo: [UInt8]? = nil) {
            (self.street, self.number, self.country, self.tags, self.photo) = (street, number, country, tags, photo)
        }

        init(fields: inout PostgresCompositeDecoder) throws(WireError) {
            street = try fields.decode("street")
            number = try fields.decode("number")
            country = try fields.decode("country")
            tags = try fields.decode("tags")
            photo = try fields.decode("photo")
        }

        func encode(fields: inout PostgresCompositeEncoder) {
            fields.encode("street", street)
            fields.encode("number", number)
            fields.encode("country", country)
            fields.encode("tags", tags)
            fields.encode("photo", photo)
        }
    }

    struct Person: PostgresComposite, Equatable {
        var name: String
        var homes: [Address]
        var mood: Mood?

        init(name: String, homes: [Address], mood: Mood?) {
            (self.name, self.homes, self.mood) = (name, homes, mood)
        }

        init(fields: inout PostgresCompositeDecoder) throws(WireError) {
            name = try fields.decode("name")
            homes = try fields.decode("homes")
            mood = try fields.decode("mood")
        }

        func encode(fields: inout PostgresCompositeEncoder) {
            fields.encode("name", name)
            fields.encode("homes", homes)
            fields.encode("mood", mood)
        }
    }

    enum Mood: String, PostgresEnum {
        case happy
        case cafe = "café"
    }

    let binary = hex(
        """
        00000005 00000019 00000002 4142 00000017 00000004 00000007 00000019 ffffffff 000003F8 ffffffff
        00000011 00000001 FF
        """)

    @Test func textForm() throws {
        let address = Address(street: #"Main "St", 5\6"#, number: 7, country: "", tags: [1, -2], photo: [1, 255])
        let text = #"("Main ""St"", 5\\6",7,"","{1,-2}","\\x01ff")"#
        #expect(try encoded(address) == Array(text.utf8))
        #expect(try decoded(Address.self, text: text, userType) == address)
        #expect(try decoded(Address.self, text: text, .record) == address)
        #expect(address.postgresType == .unspecified)
        #expect(address.postgresFormat == .text)
        let plain = Address(street: "A(", number: 0)
        #expect(try encoded(plain) == Array(#"("A(",0,,,)"#.utf8))
        #expect(try decoded(Address.self, text: #"("A(",0,,,)"#, userType) == plain)
        #expect(try decoded(Address.self, text: #"(A\(,0,,,)"#, userType) == plain)
    }

    @Test func binaryForm() throws {
        let address = Address(street: "AB", number: 7, photo: [255])
        #expect(try decoded(Address.self, binary, userType) == address)
        #expect(try decoded(Address.self, binary, .record) == address)
        #expect(throws: WireError.typeMismatch) { try decoded(Address.self, binary, .int4) }
    }

    @Test func errorsNameTheField() throws {
        func check(_ bytes: [UInt8], _ error: WireError) {
            #expect(throws: error) { try decoded(Address.self, bytes, userType) }
        }
        var wrongType = binary
        wrongType[17] = 0x10
        check(wrongType, .field("number", .typeMismatch))
        check(hex("00000001 00000019 00000001 41"), .field("number", .truncated))
        check(hex("00000001 00000019 ffffffff"), .field("street", .unexpectedNull))
        check(hex("00000001 00000019 fffffffe"), .field("street", .invalidLength))
        check(hex("00000001 00000019 00000009 41"), .field("street", .truncated))
        check(hex("00000002 00000019 00000001 41"), .truncated)
        check(hex("7fffffff 00000019 00000001 41"), .truncated)
        check(hex("ffffffff"), .invalidLength)
        check(binary + [0], .trailingBytes)
        var more = binary + hex("00000019 ffffffff")
        more[3] = 6
        check(more, .trailingBytes)
        let text: (String, WireError) -> Void = { text, error in
            #expect(throws: error, "\(text)") { try decoded(Address.self, text: text, userType) }
        }
        text("(a,x,,,)", .field("number", .invalidValue))
        text("(a,1)", .field("country", .truncated))
        text("(a,1,,,,)", .trailingBytes)
        text("(a,1,,,", .truncated)
        text("a", .invalidValue)
        text("(a,1,,,)x", .invalidValue)
        text("(\"a,1,,,)", .truncated)
        #expect(WireError.field("number", .typeMismatch).description == #"field "number": the types do not match"#)
        #expect(throws: WireError.field("street", .embeddedNUL)) { try encoded(Address(street: "\0", number: 1)) }
    }

    @Test func nested() throws {
        let person = Person(
            name: "Zoë", homes: [Address(street: "a b", number: 1), Address(street: "c", number: 2, country: "NULL")],
            mood: .cafe)
        let text = #"(Zoë,"{""(\\""a b\\"",1,,,)"",""(c,2,NULL,,)""}",café)"#
        #expect(try encoded(person) == Array(text.utf8))
        #expect(try decoded(Person.self, text: text, userType) == person)
        let people = [person, person]
        #expect(try decoded([Person].self, encoded(people), userType, .text) == people)
    }

    @Test func enums() throws {
        #expect(try decoded(Mood.self, Array("happy".utf8), userType) == .happy)
        #expect(try decoded(Mood.self, text: "happy", .text) == .happy)
        #expect(Mood.happy.postgresType == .unspecified)
        #expect(try encoded(Mood.cafe) == Array("café".utf8))
        #expect(throws: WireError.unknownLabel("sad")) { try decoded(Mood.self, text: "sad", userType) }
        #expect(throws: WireError.unknownLabel("cafe\u{301}")) {
            try decoded(Mood.self, text: "cafe\u{301}", userType)
        }
        #expect(throws: WireError.unknownLabel(String(repeating: "x", count: 63))) {
            try decoded(Mood.self, text: String(repeating: "x", count: 1000), userType)
        }
        #expect(throws: WireError.typeMismatch) { try decoded(Mood.self, hex("00000001"), .int4) }
        #expect(try decoded([Mood?].self, text: "{happy,NULL}", userType) == [.happy, nil])
        #expect(WireError.unknownLabel("sad").description == #"the label "sad" is not known"#)
    }

    // Guard: Sources/PostgresWire/Types/Composite/PostgresRecord+Postgres.swift: `guard count >= 0 else { throw .invalidLength }`
    @Test func records() throws {
        let record = try decoded(PostgresRecord.self, binary, .record)
        #expect(record.fields.map(\.type) == [.text, .int4, .text, .int8Array, .bytea])
        #expect(record.fields.map(\.value) == ["AB", 7, nil, nil, .bytes([255])])
        #expect(record.description == #"(AB,7,,,"\\xff")"#)
        #expect(try decoded(PostgresRecord.self, text: #"(1,"a b",)"#, .record) == PostgresRecord(["1", "a b", nil]))
        #expect(try decoded(PostgresRecord.self, text: "()", .record) == PostgresRecord([nil]))
        #expect(
            PostgresRecord([1, "a b", nil, "", "x\\\"", [1, nil], true, "[,]"]).description
                == #"(1,"a b",,"","x\\""","{1,NULL}",t,"[,]")"#)
        #expect(try decoded(PostgresRecord.self, hex("00000000"), .record) == PostgresRecord([]))
        // A row of pg_type.
        #expect(PostgresRecord.canDecode(PostgresOID(rawValue: 71), format: .binary))
        for bytes in ["", "00000001", "00000001 00000019", "ffffffff", "00000001 00000019 fffffffe", "00000000 00"] {
            #expect(throws: WireError.self) { try decoded(PostgresRecord.self, hex(bytes), .record) }
        }
        let unknown = try decoded(PostgresRecord.self, hex("00000001 00004010 00000001 01"), .record)
        #expect(throws: WireError.typeMismatch) { try encoded(unknown) }
    }

    /// A record in an array in a record and so on, of so many levels, in binary.
    private func nestedRecords(_ depth: Int) -> [UInt8] {
        var bytes = hex("00000000")
        for level in 1..<depth {
            var writer = WireWriter()
            writer.write(
                bytes: hex(
                    level % 2 == 0
                        ? "00000001 000008EF" : "00000001 00000000 000008C9 00000001 00000001"))
            writer.lengthPrefixed { $0.write(bytes: bytes) }
            bytes = writer.bytes
        }
        return bytes
    }

    // Guard: Sources/PostgresWire/Framing/WireReader.swift: `guard depth < WireReader.maximumDepth else { throw .nestedTooDeeply }`
    @Test func depthIsBounded() throws {
        #expect(try decoded(PostgresRecord.self, nestedRecords(65), .record).fields.count == 1)
        #expect(throws: WireError.nestedTooDeeply) { try decoded(PostgresRecord.self, nestedRecords(67), .record) }
        #expect(throws: WireError.nestedTooDeeply) { try decoded(PostgresRecord.self, nestedRecords(4001), .record) }
        #expect(throws: WireError.nestedTooDeeply) { try decoded(PostgresValue.self, nestedRecords(67), .record) }
        // The text form says no types, so that only Swift types can go deeper.
        #expect(throws: WireError.self) {
            try decoded(Chain.self, text: String(repeating: "(", count: 100_000), userType)
        }
        var chain = Chain(next: [])
        for _ in 0..<10 { chain = Chain(next: [chain]) }
        #expect(try decoded(Chain.self, encoded(chain), userType, .text).depth == 11)
        // Quotes within quotes double with every level: too long to be deep in text, not so in binary.
        var bytes = hex("00000001 00004010 ffffffff")
        for _ in 0..<100 {
            var writer = WireWriter()
            writer.write(bytes: hex("00000001 00004010"))
            writer.lengthPrefixed { $0.write(bytes: bytes) }
            bytes = writer.bytes
        }
        let error = #expect(throws: WireError.self) { try decoded(Link.self, bytes, userType) }
        #expect(error?.description.hasSuffix("values are nested too deeply") == true)
    }

    struct Chain: PostgresComposite {
        var next: [Chain]
        var depth: Int { (next.first?.depth ?? 0) + 1 }
        init(next: [Chain]) { self.next = next }
        init(fields: inout PostgresCompositeDecoder) throws(WireError) { next = try fields.decode("next") }
        func encode(fields: inout PostgresCompositeEncoder) { fields.encode("next", next) }
    }

    final class Link: PostgresComposite {
        let next: Link?
        init(fields: inout PostgresCompositeDecoder) throws(WireError) { next = try fields.decode("next") }
        func encode(fields: inout PostgresCompositeEncoder) { fields.encode("next", next) }
    }

    @Test(arguments: [1, 2, 3] as [UInt64]) func randomRoundTrips(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<60 {
            func address() -> Address {
                let bytes = (0..<Int.random(in: 0...3, using: &generator)).map { UInt8($0 * 100) }
                return Address(
                    street: randomText(using: &generator), number: Int32.random(in: .min ... .max, using: &generator),
                    country: Bool.random(using: &generator) ? nil : randomText(using: &generator),
                    tags: Bool.random(using: &generator) ? nil : [Int.random(in: -5...5, using: &generator)],
                    photo: Bool.random(using: &generator) ? nil : bytes)
            }
            let homes = (0..<Int.random(in: 0...3, using: &generator)).map { _ in address() }
            let person = Person(name: randomText(using: &generator), homes: homes, mood: .happy)
            let bytes = try encoded(person)
            #expect(try decoded(Person.self, bytes, userType, .text) == person, "seed \(seed)")
            let record = try decoded(PostgresRecord.self, bytes, .record, .text)
            #expect(try encoded(record) == bytes, "seed \(seed)")
            checkDamage(Person.self, bytes, userType, .text, using: &generator)
            checkDamage(Address.self, binary, userType, .binary, using: &generator)
            checkDamage(PostgresRecord.self, nestedRecords(6), .record, .binary, using: &generator)
        }
    }
}
