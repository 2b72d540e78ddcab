import PostgresWire
import Testing

/// Known vulnerabilities of PostgreSQL clients that lie in how received bytes are read, each by its number.
///
/// Everything here is pure: bytes in, a value or an error out. The names of the tests are those of docs/security.md.
@Suite("Parsers: bytes from a hostile server", .ownThread) struct ParsersTests {
    private func row(_ length: Int32, _ bytes: [UInt8]) -> [UInt8] {
        var writer = WireWriter()
        writer.write(count: 2)
        writer.lengthPrefixed { $0.write(Int32(7)) }
        writer.write(length)
        writer.write(bytes: bytes)
        return writer.bytes
    }

    // Guard: Sources/PostgresWire/Messages/WireReader+Values.swift: `if length == -1 { return nil }`
    // Guard: Sources/PostgresWire/Framing/WireReader.swift: `guard count >= 0, count <= remaining else { throw .truncated }`
    @Test("CVE-2026-32286: a field length below -1 or past the end")
    func cve_2026_32286() throws {
        let bytes: [UInt8] = [0, 0, 0, 1]
        for length in [Int32.min, Int32.min + 1, -65_536, -2] {
            #expect(throws: WireError.invalidLength, "\(length)") {
                try Backend.DataRow.decode(body: row(length, bytes))
            }
        }
        for length in [Int32.max, 5, 1 << 16] {
            #expect(throws: WireError.truncated, "\(length)") { try Backend.DataRow.decode(body: row(length, bytes)) }
        }
        #expect(try Backend.DataRow.decode(body: row(-1, [])).values == [[0, 0, 0, 7], nil])
        #expect(try Backend.DataRow.decode(body: row(0, [])).values == [[0, 0, 0, 7], []])
        #expect(try Backend.DataRow.decode(body: row(4, bytes)).values == [[0, 0, 0, 7], bytes])
        #expect(throws: WireError.trailingBytes) { try Backend.DataRow.decode(body: row(0, bytes)) }
    }

    // Guard: Sources/PostgresWire/Messages/WireReader+Values.swift: `guard count <= remaining / size else { throw .invalidLength }`
    @Test("CVE-2026-33815, CVE-2026-33816: Bind and FunctionCall trust their lengths and counts")
    func cve_2026_33815() {
        func bind(_ tail: [UInt8]) -> [UInt8] { [0, 0] + tail }
        for length in [Int32.min, -2, 9, .max] {
            var writer = WireWriter()
            writer.write(bytes: [0, 0, 0, 1])
            writer.write(length)
            writer.write(bytes: [0, 0])
            #expect(throws: WireError.self) { try Frontend.Bind.decode(body: bind(writer.bytes)) }
            var call = WireWriter()
            call.write(bytes: [0, 0, 4, 210, 0, 0, 0, 1])
            call.write(length)
            call.write(bytes: [0, 0])
            #expect(throws: WireError.self) { try Frontend.FunctionCall.decode(body: call.bytes) }
        }
        // Counts of formats, of values and of result formats that cannot follow.
        for tail: [UInt8] in [[255, 255], [0, 0, 255, 255], [0, 0, 0, 0, 255, 255], [0, 2, 0, 1]] {
            #expect(throws: WireError.invalidLength) { try Frontend.Bind.decode(body: bind(tail)) }
        }
        for tail: [UInt8] in [[255, 255], [0, 0, 255, 255]] {
            #expect(throws: WireError.invalidLength) { try Frontend.FunctionCall.decode(body: [0, 0, 4, 210] + tail) }
        }
        #expect(throws: WireError.invalidLength) { try Frontend.Parse.decode(body: [0, 0, 255, 255, 0, 0, 0, 23]) }
    }

    // Guard: Sources/PostgresWire/Messages/MessageLimits.swift: `default: return short`
    @Test("CVE-2026-56871: frame lengths from 0 to 3 and near 2^31 and 2^32, for every type")
    func cve_2026_56871() {
        #expect(MessageLimits.minimumLength == 4)
        for type in UInt8.min ... .max {
            for isStarting in [true, false] {
                let most = MessageLimits.maximumLength(of: type, duringStartup: isStarting)
                #expect(most <= (1 << 30) - 1, "type \(type)")
                #expect(most >= MessageLimits.minimumLength)
                if isStarting || !"dDEVNATtS".utf8.contains(type) { #expect(most <= 30_000, "type \(type)") }
                // In whatever state: no more is asked about a length than these two.
                for length: UInt32 in [0, 1, 2, 3, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFC, 0xFFFF_FFFF] {
                    #expect(!(MessageLimits.minimumLength...most).contains(Int(length)), "type \(type), \(length)")
                }
            }
        }
    }

    // Guard: Sources/PostgresWire/Types/PostgresInteger.swift: `case .int4: value = Value(exactly: try reader.readInt32())`
    @Test("CVE-2026-56872, RUSTSEC-2026-0178: values of another width than their type's")
    func cve_2026_56872() {
        let types: [(PostgresOID, Int, any PostgresDecodable.Type)] = [
            (.bool, 1, Bool.self), (.int2, 2, Int16.self), (.int4, 4, Int32.self), (.int8, 8, Int64.self),
            (.int4, 4, Int.self), (.int2, 2, Int64.self), (.oid, 4, UInt32.self), (.float4, 4, Float.self),
            (.float8, 8, Double.self), (.date, 4, PostgresDate.self), (.timestamp, 8, PostgresTimestamp.self),
            (.timestamptz, 8, PostgresTimestampWithTimeZone.self), (.uuid, 16, PostgresUUID.self),
        ]
        func check<Value: PostgresDecodable>(_: Value.Type, _ type: PostgresOID, _ count: Int) -> Bool {
            (try? decoded(Value.self, [UInt8](repeating: 0, count: count), type)) != nil
        }
        for (type, width, value) in types {
            let isRead = check(value, type, width)
            #expect(isRead, "\(type)")
            for other in [0, width - 1, width + 1, width * 2, 3, 5] where other != width {
                let isMisread = check(value, type, other) || check(PostgresValue.self, type, other)
                #expect(!isMisread, "\(type) of \(other) bytes as \(value)")
            }
        }
    }

    // MARK: - Codecs

    private func array(
        _ dimensions: [(length: Int32, lower: Int32)], count: Int32? = nil, flags: Int32 = 0,
        element: PostgresOID = .int4, elements: [UInt8] = []
    ) -> [UInt8] {
        var writer = WireWriter()
        writer.write(count ?? Int32(dimensions.count))
        writer.write(flags)
        writer.write(element)
        for dimension in dimensions {
            writer.write(dimension.length)
            writer.write(dimension.lower)
        }
        writer.write(bytes: elements)
        return writer.bytes
    }

    private func refuse(_ bytes: [UInt8], _ type: PostgresOID = .int4Array, _ note: String) {
        #expect(throws: WireError.self, "\(note)") { try decoded([Int32].self, bytes, type) }
        #expect(throws: WireError.self, "\(note)") { try decoded([Int32?].self, bytes, type) }
        #expect(throws: WireError.self, "\(note)") { try decoded(PostgresValue.self, bytes, type) }
    }

    // Guard: Sources/PostgresWire/Types/Arrays/ArrayHeader.swift: `guard length >= 0, !overflow else { throw .invalidLength }`
    // Guard: Sources/PostgresWire/Types/Arrays/ArrayHeader.swift: `guard count <= reader.remaining / MemoryLayout<Int32>.size`
    // Guard: Sources/PostgresWire/Types/Dynamic/PostgresValue+Containers.swift: `values.reserveCapacity(min(header.count,`, which stands in for the last one
    // Guard: Sources/PostgresWire/Types/Arrays/ArrayHeader.swift: `guard (0...Int32(ArrayDimension.maximumCount)).contains(dimensionCount)`
    @Test("RUSTSEC-2026-0180, CVE-2020-17446: arrays whose inner counts lie")
    func rustsec_2026_0180() throws {
        let one: [UInt8] = [0, 0, 0, 4, 0, 0, 0, 1]
        let large = Int32.max
        refuse(array([(large, 1), (2, 1)], elements: one), .int4Array, "{2147483647,2}: the product overflows 32 bits")
        refuse(
            array([(large, 1), (large, 1), (large, 1), (large, 1), (large, 1), (large, 1)], elements: one), .int4Array,
            "the product overflows 64 bits")
        refuse(array([(1 << 20, 1)], elements: one), .int4Array, "more elements than bytes")
        refuse(array([(3, 1)], elements: one + one), .int4Array, "one element too few")
        refuse(array([(1, 1)], elements: one + one), .int4Array, "one element too many")
        refuse(array([(-1, 1)], elements: one), .int4Array, "a negative length")
        refuse(array([(-1, 1), (-1, 1)], elements: one), .int4Array, "two negative lengths make a positive product")
        refuse(array([(.min, 1), (2, 1)]), .int4Array, "the least number")
        refuse(array([(-1, 1), (0, 1)]), .int4Array, "a negative length in an array without elements")
        // Nobody has the memory: the count is held against the bytes that are there before any is set aside.
        refuse(array([(1 << 30, 1), (3 << 27, 1)], elements: one), .int4Array, "{1073741824,402653184}")
        for count in [-1, 7, 64, Int32.max, .min] {
            refuse(
                array(Array(repeating: (1, 1), count: 7), count: count, elements: one), .int4Array,
                "\(count) dimensions")
        }
        for flags in [2, -1] as [Int32] {
            refuse(array([(1, 1)], flags: flags, elements: one), .int4Array, "flags \(flags)")
        }
        for length in [Int32.min, -2, 5, .max] {
            var element = WireWriter()
            element.write(length)
            element.write(bytes: [0, 0, 0, 1])
            refuse(array([(1, 1)], elements: element.bytes), .int4Array, "an element of \(length) bytes")
            // Without bytes behind it, where nothing is left over if it is taken for NULL.
            let bare = array([(1, 1)], elements: Array(element.bytes.prefix(4)))
            refuse(bare, .int4Array, "\(length) and nothing behind it")
        }
        for width in [3, 5] as [UInt8] {
            refuse(
                array([(1, 1)], elements: [0, 0, 0, width] + [UInt8](repeating: 0, count: Int(width))), .int4Array,
                "an int4 of \(width) bytes")
        }
        #expect(try decoded([Int32].self, array([(1, 1)], elements: one), .int4Array) == [1])
        #expect(try decoded([Int32].self, array([]), .int4Array) == [])
        // A dimension without elements makes the array empty, whatever the others say.
        #expect(try decoded(PostgresValue.self, array([(large, 1), (0, 1)]), .int4Array) == .array([]))
    }

    // Guard: Sources/PostgresWire/Framing/WireReader.swift: `guard depth < WireReader.maximumDepth else { throw .nestedTooDeeply }`
    // Guard: Sources/PostgresWire/Types/Arrays/ArrayText.swift: `guard depth <= ArrayDimension.maximumCount`
    @Test("RUSTSEC-2026-0180: arrays within arrays without end")
    func rustsec_2026_0180_nesting() {
        // Each array says that its only element is an array: on the way down the stack would end.
        var bytes = array([(1, 1)], elements: [0, 0, 0, 4, 0, 0, 0, 1])
        for _ in 0..<5000 {
            var outer = WireWriter()
            outer.lengthPrefixed { $0.write(bytes: bytes) }
            bytes = array([(1, 1)], element: .int4Array, elements: outer.bytes)
        }
        #expect(throws: WireError.self) { try decoded(PostgresValue.self, bytes, .int4Array) }
        let braces = String(repeating: "{", count: 500_000)
        #expect(throws: WireError.self) { try decoded(PostgresValue.self, text: braces, .int4Array) }
        #expect(throws: WireError.self) { try decoded([Int32].self, text: braces + "1", .int4Array) }
        #expect(throws: WireError.self) { try decoded(PostgresValue.self, text: "{{{{{{{1}}}}}}}", .int4Array) }
    }

    // Guard: Sources/PostgresWire/Types/String+Postgres.swift: `guard try reader.readUInt8() == 1`
    @Test("sqlx #3919: jsonb of another version")
    func jsonbVersion() throws {
        let body = Array("{}".utf8)
        for version in UInt8.min ... .max where version != 1 {
            #expect(throws: WireError.self) { try decoded(PostgresJSON.self, [version] + body, .jsonb) }
            #expect(throws: WireError.self) { try decoded(String.self, [version] + body, .jsonb) }
        }
        #expect(throws: WireError.self) { try decoded(PostgresJSON.self, [], .jsonb) }
        #expect(try decoded(String.self, [1] + body, .jsonb) == "{}")
    }

    // Guard: Sources/PostgresWire/Types/DateTime/PostgresCalendar.swift: `microseconds &- day &* microsecondsPerDay`
    @Test("sqlx #4158: dates and times at the ends of what they can count")
    func extremeTimes() throws {
        var used = 0
        for days in [Int32.min, .min + 1, -2_451_546, 2_147_483_493, .max - 1, .max] {
            var writer = WireWriter()
            writer.write(days)
            let date = try decoded(PostgresDate.self, writer.bytes, .date)
            used += "\(date)".utf8.count
            _ = date.hashValue
        }
        for microseconds in [Int64.min, .min + 1, -211_813_488_000_000_001, .max - 1, .max] {
            var writer = WireWriter()
            writer.write(microseconds)
            used += "\(try decoded(PostgresTimestamp.self, writer.bytes, .timestamp))".utf8.count
            used += "\(try decoded(PostgresTimestampWithTimeZone.self, writer.bytes, .timestamptz))".utf8.count
            used += "\(try decoded(PostgresValue.self, writer.bytes, .timestamptz))".utf8.count
        }
        #expect(used > 0)
        for text in [
            "99999999999999999999-01-01", "2024-13-01", "2024-02-30", "2024-01-01 24:00:61", "0000-00-00", "-",
        ] {
            #expect(throws: WireError.self) { try decoded(PostgresDate.self, text: text, .date) }
            #expect(throws: WireError.self) { try decoded(PostgresTimestamp.self, text: text, .timestamp) }
        }
    }

    // Guard: Sources/PostgresWire/Types/PostgresNumeric+Postgres.swift: `guard reader.remaining == count * MemoryLayout<UInt16>.size`
    // Guard: Sources/PostgresWire/Types/PostgresNumeric+Postgres.swift: `guard last < PostgresNumeric.base`
    @Test("sqlx #4165: numerics whose digits, weight, scale or sign lie")
    func hostileNumerics() throws {
        func numeric(_ count: UInt16, _ weight: Int16, _ sign: UInt16, _ scale: Int16, _ digits: [UInt16]) -> [UInt8] {
            var writer = WireWriter()
            writer.write(count)
            writer.write(weight)
            writer.write(sign)
            writer.write(scale)
            for digit in digits { writer.write(digit) }
            return writer.bytes
        }
        let bad: [(String, [UInt8])] = [
            ("fewer digits than counted", numeric(2, 0, 0, 0, [1])),
            ("65,535 digits counted", numeric(65_535, 0, 0, 0, [1])),
            ("more digits than counted", numeric(1, 0, 0, 0, [1, 2])),
            ("a digit of 10000", numeric(1, 0, 0, 0, [10_000])),
            ("a digit of 65535 among many", numeric(12, 0, 0, 0, Array(repeating: 1, count: 11) + [65_535])),
            ("an unknown sign", numeric(1, 0, 0x1234, 0, [1])),
            ("a negative scale", numeric(1, 0, 0, -1, [1])),
            ("a header cut short", [0, 1, 0, 0]),
            ("nothing", []),
        ]
        for (note, bytes) in bad {
            #expect(throws: WireError.self, "\(note)") { try decoded(PostgresNumeric.self, bytes, .numeric) }
            #expect(throws: WireError.self, "\(note)") { try decoded(PostgresValue.self, bytes, .numeric) }
        }
        // The outermost weights are numbers, though long ones.
        for weight in [Int16.max, .min] {
            let number = try? decoded(
                PostgresNumeric.self, numeric(1, weight, 0, weight < 0 ? 16_383 : 0, [1]), .numeric)
            if let number { _ = "\(number)".utf8.count }
        }
    }

    // MARK: - Errors, text, answers

    // Guard: Sources/PostgresWire/Messages/Backend/ServerError+Fields.swift: `self.init(severity: defaultSeverity, message:`
    @Test("CVE-2026-6666: an ErrorResponse without SQLSTATE, or without anything")
    func cve_2026_6666() throws {
        func error(_ body: [UInt8]) throws(WireError) -> ServerError {
            try Backend.ErrorResponse.decode(body: body).error
        }
        func error(_ body: String) throws(WireError) -> ServerError { try error(Array(body.utf8)) }
        let empty = try error("\0")
        #expect(empty.sqlState == nil && !empty.message.isEmpty && empty.severity == "ERROR")
        #expect(!PostgresError(empty).description.isEmpty)
        #expect(try error("SERROR\0Mno state\0\0").sqlState == nil)
        #expect(try error("C57014\0\0").sqlState == .queryCanceled)
        for state in ["", "4200", "420000", "42 00", "4200\u{e9}", "42p01"] {
            #expect(try error("C\(state)\0Mx\0\0").sqlState == nil, "\(state)")
        }
        #expect(try error("CXX999\0Mx\0\0").sqlState?.rawValue == "XX999", "unknown codes are kept")
        #expect(try error("C42601\0C42P01\0Ma\0Mb\0SERROR\0SFATAL\0\0").message == "b")
        #expect(try error("!?\0Mx\0\u{1}y\0\0").message == "x")
        for cut in ["", "M", "Mx", "Mx\0", "SERROR\0C42601\0Mx\0"] {
            #expect(throws: WireError.truncated, "\(cut)") { try error(cut) }
        }
        #expect(throws: WireError.trailingBytes) { try error("Mx\0\0Mhidden\0\0") }
        let repaired = try error([UInt8(ascii: "M"), 0x61, 0xFF, 0xC3, 0, 0])
        #expect(repaired.message.utf8.starts(with: [0x61, 0xEF, 0xBF, 0xBD]))
    }

    // Guard: Sources/PostgresWire/Types/PostgresBytea.swift: `guard text.count.isMultiple(of: 2) else { throw .invalidValue }`
    // Guard: Sources/PostgresWire/Types/WireReader+Text.swift: `guard (zero...zero + 3).contains(high)`
    @Test(
        "CVE-2026-16241, CVE-2026-120060: bytea as text, cut short or no digits",
        arguments: [
            ("", []), (#"\x"#, []), (#"\x00ff"#, [0, 255]), (#"\\"#, [0x5C]), (#"\000a\377"#, [0, 0x61, 255]),
            ("a", [0x61]),
            (#"\"#, nil), (#"\x0"#, nil), (#"\xzz"#, nil), (#"\x0g"#, nil), (#"\1"#, nil), (#"\12"#, nil),
            (#"\999"#, nil),
            (#"\400"#, nil), (#"\777"#, nil), (#"\08"#, nil), (#"abc\"#, nil), (#"\x 0"#, nil), (#"\X00"#, nil),
        ] as [(String, [UInt8]?)])
    func cve_2026_16241(_ text: String, _ expected: [UInt8]?) {
        #expect((try? decoded([UInt8].self, text: text, .bytea)) == expected)
        #expect((try? decoded(PostgresValue.self, text: text, .bytea)) == expected.map { .bytes($0) })
    }

    // Guard: Sources/PostgresWire/Session/Session.swift: `throw unexpected(type)`, the last of acceptWhenEstablished
    @Test("CVE-2026-6477: a FunctionCallResponse that nobody asked for, or longer than it says")
    func cve_2026_6477() throws {
        for replies: [ExpectedReply] in [
            [], [.parse], [.bind], [.describeStatement], [.execute], [.sync], [.simpleQuery],
        ] {
            var session = Session()
            session.authenticated()
            try session.accept(MessageType.readyForQuery)
            for reply in replies { session.expect(reply) }
            #expect(throws: PostgresError.self, "\(replies)") { try session.accept(MessageType.functionCallResponse) }
        }
        for body: [UInt8] in [
            [0, 0, 0, 1], [0, 0, 0, 1, 7, 7], [255, 255, 255, 254], [0x7F, 255, 255, 255, 0], [255, 255, 255, 255, 0],
        ] {
            #expect(throws: WireError.self) { try Backend.FunctionCallResponse.decode(body: body) }
        }
    }

    // Guard: Sources/PostgresWire/Framing/WireReader.swift: `guard length < available else { throw .truncated }`
    @Test("CVE-2022-41862: text without its NUL is not read beyond the message")
    func cve_2022_41862() {
        let endless = [UInt8](repeating: UInt8(ascii: "x"), count: 30_000)
        #expect(throws: WireError.truncated) { try Backend.ErrorResponse.decode(body: [UInt8(ascii: "M")] + endless) }
        #expect(throws: WireError.truncated) { try Backend.CommandComplete.decode(body: endless) }
        #expect(throws: WireError.truncated) { try Backend.ParameterStatus.decode(body: endless + [0] + endless) }
        #expect(throws: WireError.truncated) { try Backend.NotificationResponse.decode(body: endless) }
        #expect(throws: WireError.truncated) { try Backend.RowDescription.decode(body: [0, 1] + endless) }
        #expect(throws: WireError.truncated) {
            try Backend.NegotiateProtocolVersion.decode(body: [0, 3, 0, 0, 0, 0, 0, 1] + endless)
        }
    }
}
