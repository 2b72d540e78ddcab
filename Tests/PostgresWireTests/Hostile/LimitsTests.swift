import PostgresWire
import Testing

/// The limits that docs/security.md lists, as far as values alone can show them.
@Suite("Limits: of messages and values", .ownThread) struct LimitsTests {
    private static func established(_ replies: ExpectedReply...) throws -> Session {
        var session = Session()
        session.authenticated()
        try session.accept(MessageType.readyForQuery)
        for reply in replies { session.expect(reply) }
        return session
    }

    // Guard: Sources/PostgresWire/Messages/MessageLimits.swift: `return authentication`
    @Test("Startup: Authentication and NegotiateProtocolVersion of at most 2000 bytes")
    func startupMessages() {
        for type in "Rv".utf8 { #expect(MessageLimits.maximumLength(of: type, duringStartup: true) == 2000) }
        #expect(throws: WireError.self) { try Backend.Authentication.decode(body: []) }
        #expect(throws: WireError.self) { try Backend.Authentication.decode(body: [0, 0, 0]) }
        #expect(throws: WireError.self) { try Backend.NegotiateProtocolVersion.decode(body: [0, 3, 0, 0]) }
    }

    // Guard: Sources/PostgresWire/Messages/MessageLimits.swift: `default: return short`
    @Test("Startup: ErrorResponse of at most 30,000 bytes")
    func startupErrors() {
        for type in UInt8.min ... .max where !"Rv".utf8.contains(type) {
            #expect(MessageLimits.maximumLength(of: type, duringStartup: true) == 30_000, "type \(type)")
        }
    }

    // Guard: Sources/PostgresWire/Messages/MessageLimits.swift: `case MessageType.parameterStatus: return parameterStatus`
    @Test("More than 30,000 bytes only for d D E V N A T t, at most 1 MiB for S")
    func longMessages() {
        for type in UInt8.min ... .max {
            let expected =
                "dDEVNATt".utf8.contains(type) ? (1 << 30) - 1 : type == UInt8(ascii: "S") ? 1 << 20 : 30_000
            #expect(MessageLimits.maximumLength(of: type, duringStartup: false) == expected, "type \(type)")
        }
    }

    // Guard: Sources/PostgresWire/Session/Session.swift: `throw unexpected(type)`, the last of acceptWhileAuthenticating
    @Test("First byte: only R, E and v, and a few N, may come before authentication")
    func firstByte() {
        for type in UInt8.min ... .max {
            var session = Session()
            let isAccepted = (try? session.accept(type)) != nil
            #expect(isAccepted == "REvN".utf8.contains(type), "type \(type)")
        }
    }

    // Guard: Sources/PostgresWire/Messages/WireReader+Values.swift: `let count = Int(try readUInt16())`
    @Test("Column and parameter counts: unsigned, and no more than the body can hold")
    func counts() throws {
        var columns = WireWriter()
        let column = ColumnDescription(name: "", typeOID: .int4)
        Backend.RowDescription(columns: Array(repeating: column, count: 40_000)).encode(into: &columns)
        #expect(try Backend.RowDescription.decode(body: Array(columns.bytes.dropFirst(5))).columns.count == 40_000)
        var types = WireWriter()
        Backend.ParameterDescription(types: Array(repeating: .int4, count: 65_535)).encode(into: &types)
        #expect(try Backend.ParameterDescription.decode(body: Array(types.bytes.dropFirst(5))).types.count == 65_535)
        for count in [1, 2, 1664, 32_768, 65_535] as [UInt16] {
            let head = [UInt8(count >> 8), UInt8(count & 255)]
            // One byte less than so many columns or types need at the least.
            let columnBytes = [UInt8](repeating: 0, count: Int(count) * 19 - 1)
            #expect(throws: WireError.invalidLength, "\(count)") {
                try Backend.RowDescription.decode(body: head + columnBytes)
            }
            let typeBytes = [UInt8](repeating: 0, count: Int(count) * 4 - 1)
            #expect(throws: WireError.invalidLength, "\(count)") {
                try Backend.ParameterDescription.decode(body: head + typeBytes)
            }
            #expect(throws: WireError.invalidLength, "\(count)") { try Backend.DataRow.decode(body: head + typeBytes) }
        }
    }

    // Guard: Sources/PostgresWire/Messages/BackendMessage.swift: `try reader.expectEnd()`
    @Test("Body not fully consumed, or too short: an error")
    func bodies() {
        for sample in MessageSamples.backend {
            guard let type = sample.type.asciiValue else { continue }
            // Whose last field takes whatever is left cannot be too long.
            let isOpen = ["K", "d"].contains(sample.type) || sample.type == "R"
            if !isOpen {
                #expect(throws: WireError.self, "\(sample.type)") {
                    try MessageSamples.decodeBackend(type, sample.body + [0])
                }
            }
            if !sample.body.isEmpty, !isOpen {
                #expect(throws: WireError.self, "\(sample.type)") {
                    try MessageSamples.decodeBackend(type, Array(sample.body.dropLast()))
                }
            }
        }
    }

    // Guard: Sources/PostgresWire/Messages/Backend/BackendKeyData.swift: `guard Self.keyLengths.contains(reader.remaining)`
    @Test("BackendKeyData: a key of 4 to 256 bytes")
    func keys() {
        for count in 0...300 {
            let body = [0, 0, 0, 1] + [UInt8](repeating: 7, count: count)
            #expect(((try? Backend.BackendKeyData.decode(body: body)) != nil) == (4...256).contains(count), "\(count)")
            var request = WireWriter()
            Frontend.CancelRequest(processID: 1, key: [UInt8](repeating: 0, count: count)).encode(into: &request)
            #expect((request.failure == nil) == (4...256).contains(count), "a NUL in a key is none of a string")
        }
    }

    // Guard: Sources/PostgresWire/Messages/Backend/NegotiateProtocolVersion.swift: `guard count >= 0, count <= reader.remaining`
    @Test("NegotiateProtocolVersion: a count that is negative or cannot follow")
    func negotiation() throws {
        for count in [Int32.min, -1, 3, 1000, .max] {
            var writer = WireWriter()
            writer.write(UInt32(0x30000))
            writer.write(count)
            writer.writeCString("a")
            #expect(throws: WireError.invalidLength, "\(count)") {
                try Backend.NegotiateProtocolVersion.decode(body: writer.bytes)
            }
        }
    }

    // Guard: Sources/PostgresWire/Messages/Frontend/StartupMessage.swift: `if writer.count - start > Self.maximumBodyLength`
    @Test("Startup packet: at most 10,000 bytes")
    func startupPacket() {
        for length in [9_000, 9_989, 9_990, 9_991, 20_000] {
            var writer = WireWriter()
            Frontend.StartupMessage(parameters: [.init("user", String(repeating: "x", count: length))]).encode(
                into: &writer)
            #expect((writer.failure == .tooLarge) == (writer.count - 4 > 10_000), "\(length)")
            #expect((writer.failure == nil) == (length <= 9_989), "\(length)")
        }
        var empty = WireWriter()
        Frontend.StartupMessage(parameters: [.init("", "x")]).encode(into: &empty)
        #expect(empty.failure != nil, "an empty name would end the list")
    }

    // Guard: Sources/PostgresWire/Messages/WireReader+Values.swift: `guard let format = PostgresFormat(rawValue: try readInt16())`
    @Test("Format codes other than 0 and 1; sizes of types that lie")
    func formats() throws {
        for code in [2, -1, 256, Int16.max, .min] {
            var writer = WireWriter()
            Backend.RowDescription(columns: [ColumnDescription(name: "a", typeOID: .int4)]).encode(into: &writer)
            var body = Array(writer.bytes.dropFirst(5).dropLast(2))
            body += [UInt8(truncatingIfNeeded: code >> 8), UInt8(truncatingIfNeeded: code)]
            #expect(throws: WireError.invalidValue, "\(code)") { try Backend.RowDescription.decode(body: body) }
        }
        // What the server says of a type's size is never relied on.
        for size in [Int16.min, -2, 0, 1, 100, .max] {
            var writer = WireWriter()
            let column = ColumnDescription(name: "a", typeOID: .int4, typeSize: size)
            Backend.RowDescription(columns: [column]).encode(into: &writer)
            #expect(try Backend.RowDescription.decode(body: Array(writer.bytes.dropFirst(5))).columns == [column])
        }
    }

    @Test("Strings: values are validated, names and errors repaired")
    func strings() throws {
        let bad: [[UInt8]] = [
            [0xFF], [0xC3], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF5, 0x80, 0x80, 0x80], [0x61, 0x80],
        ]
        for bytes in bad {
            #expect(throws: WireError.invalidUTF8) { try decoded(String.self, bytes, .text) }
            #expect(throws: WireError.invalidUTF8) { try decoded(PostgresValue.self, bytes, .text) }
            #expect(try decoded([UInt8].self, bytes, .bytea) == bytes, "as bytes they are what they are")
            let tag = try Backend.CommandComplete.decode(body: bytes + [0]).tag
            #expect(tag.unicodeScalars.contains("\u{FFFD}"))
        }
    }

    // Guard: Sources/PostgresWire/Session/Session.swift: `if name == "client_encoding", value != "UTF8"`
    @Test("client_encoding and integer_datetimes under which values would be misread")
    func settings() throws {
        for (name, value) in [
            ("client_encoding", "LATIN1"), ("client_encoding", "SJIS"), ("client_encoding", "SQL_ASCII"),
            ("client_encoding", "GB18030"), ("client_encoding", ""), ("integer_datetimes", "off"),
            ("integer_datetimes", ""),
        ] {
            var session = try Self.established()
            let error = #expect(throws: PostgresError.self, "\(name)=\(value)") {
                try session.setParameter(name, value)
            }
            #expect(error?.code == .protocolViolation)
        }
    }

    // Guard: Sources/PostgresWire/Types/DateTime/PostgresTextCursor+DateTime.swift: `let month = number(2...2),`
    @Test("DateStyle other than ISO: text is refused rather than misread")
    func dateStyles() {
        for text in ["02/03/2024", "03.02.2024", "Sat 03 Feb 2024", "20240203", "2024-2-3", "2024-02-03T00:00:00"] {
            #expect(throws: WireError.self, "\(text)") { try decoded(PostgresDate.self, text: text, .date) }
        }
        for text in ["03/02/2024 10:00:00 CET", "Sat Feb 03 10:00:00 2024 CET", "2024-02-03 10:00:00 CET"] {
            #expect(throws: WireError.self, "\(text)") {
                try decoded(PostgresTimestampWithTimeZone.self, text: text, .timestamptz)
            }
        }
    }

    // No line is the guard: depth is counted. Tests/Guards calls the function for each comment within another, in place of
    // Guard: Sources/PostgresWire/SQL/SQLLexer+Scanning.swift: `depth += 1`
    @Test("Nesting: comments a hundred thousand deep are read without recursion")
    func nesting() {
        let depth = 100_000
        let text = String(repeating: "/*", count: depth) + String(repeating: "*/", count: depth) + "SELECT"
        #expect(SQLLexer(Array(text.utf8)).map(\.kind) == [.blockComment, .word])
        let parentheses = String(repeating: "(", count: depth) + String(repeating: ")", count: depth)
        #expect(SQLLexer(Array(parentheses.utf8)).reduce(0) { count, _ in count + 1 } == 2 * depth)
    }

    // MARK: - Which message may come when

    // Guard: Sources/PostgresWire/Session/Session.swift: `throw unexpected(type)`, the last of acceptWhenEstablished
    /// CopyBothResponse, FunctionCallResponse and NegotiateProtocolVersion belong to nothing that is ever asked for.
    @Test("States: W, V and v are legal nowhere in a session", arguments: ExpectedReply.allCases)
    func neverLegal(_ reply: ExpectedReply) throws {
        for type in "WVvR".utf8 {
            var session = try Self.established(reply, .sync)
            #expect(throws: PostgresError.self, "type \(type)") { try session.accept(type) }
        }
    }

    /// Each pair of states: an answer to the second question never passes for one to the first.
    @Test("States: answers out of order close", arguments: ExpectedReply.allCases)
    func outOfOrder(_ reply: ExpectedReply) throws {
        let answers: [ExpectedReply: String] = [
            .parse: "1", .bind: "2", .close: "3", .describeStatement: "t", .describeRows: "Tn", .execute: "DCIsGH",
            .sync: "Z", .simpleQuery: "TDCIGHZ",
        ]
        for type in UInt8.min ... .max where !"NSAE".utf8.contains(type) {
            var session = try Self.established(reply)
            let isAccepted = (try? session.accept(type)) != nil
            #expect(isAccepted == answers[reply]?.utf8.contains(type), "type \(type)")
        }
    }
}
