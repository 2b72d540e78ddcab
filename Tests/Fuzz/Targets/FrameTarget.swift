import PostgresWire

/// A stream cut into messages, and every message that it holds, as a server's and as a client's.
enum FrameTarget: FuzzTarget {
    static let name = "frame"
    static let maximumLength = 512

    static func run(_ input: [UInt8]) throws {
        try WireReader.read(input) { reader in
            guard reader.remaining > 0 else { return }
            var isStarting = try reader.readUInt8() & 1 == 1
            while let frame = try? Frames.next(in: &reader, duringStartup: isStarting) {
                try checkBackend(frame)
                try checkFrontend(frame.type, frame.body)
                try checkFrontend(nil, frame.body)
                if frame.type == MessageType.readyForQuery { isStarting = false }
            }
        }
    }

    /// What can be read can be written, and reads as the same.
    private static func checkBackend(_ frame: Frame) throws {
        guard let message = try? Frames.decode(frame) else { return }
        if case .commandComplete(let complete) = message {
            let tag = CommandTag(complete.tag)
            _ = (tag.command, tag.rowCount)
        }
        var writer = WireWriter()
        message.encode(into: &writer)
        try require(writer.failure == nil, "\(message) cannot be written: \(writer.failure.debugDescription)")
        let again = try WireReader.read(writer.bytes) { reader in
            let frame = try Frames.next(in: &reader, duringStartup: false)
            try reader.expectEnd()
            guard let frame else { throw WireError.truncated }
            try require(frame.type == writer.bytes.first, "another type than was written")
            return try Frames.decode(frame)
        }
        try require(again == message, "\(message) is read back as \(again)")
    }

    private static func checkFrontend(_ type: UInt8?, _ body: [UInt8]) throws {
        func decode(_ body: [UInt8]) throws(WireError) -> FrontendMessage {
            try WireReader.read(body) { (reader) throws(WireError) -> FrontendMessage in
                try FrontendMessage.decode(type: type, body: &reader)
            }
        }
        guard let message = try? decode(body) else { return }
        var writer = WireWriter()
        message.encode(into: &writer)
        try require(writer.failure == nil, "\(message) cannot be written: \(writer.failure.debugDescription)")
        let again = try decode(Array(writer.bytes.dropFirst(type == nil ? 4 : 5)))
        try require(again == message, "\(message) is read back as \(again)")
    }

    static let column = ColumnDescription(
        name: "id", tableOID: PostgresOID(rawValue: 16_384), attributeNumber: 1, typeOID: .int4, typeSize: 4,
        typeModifier: -1, format: .binary)

    static let error: ServerError = {
        var error = ServerError(severity: "ERROR", sqlState: SQLState(rawValue: "23505"), message: "duplicate key")
        error.localizedSeverity = "FEHLER"
        error.detail = "Key (id)=(1) already exists."
        error.position = 8
        error.internalPosition = 2
        error.internalQuery = "SELECT 1"
        error.constraint = "users_pkey"
        error.table = "users"
        error.schema = "public"
        return error
    }()

    /// A message of every type, some in several forms.
    static let messages: [BackendMessage] = [
        .authentication(.ok), .authentication(.cleartextPassword), .authentication(.md5Password(salt: [9, 8, 7, 6])),
        .authentication(.gss), .authentication(.gssContinue([1, 2])), .authentication(.sspi),
        .authentication(.kerberosV5), .authentication(.scmCredential),
        .authentication(.sasl(mechanisms: ["SCRAM-SHA-256-PLUS", "SCRAM-SHA-256"])),
        .authentication(.saslContinue([UInt8](text: "r=x,s=AAAA,i=4096"))),
        .authentication(.saslFinal([UInt8](text: "v=AAAA"))),
        .backendKeyData(.init(processID: 7, key: [1, 2, 3, 4])),
        .backendKeyData(.init(processID: 7, key: [UInt8](repeating: 7, count: 32))),
        .negotiateProtocolVersion(.init(newestVersion: 0x30000, unrecognizedOptions: ["_pq_.a"])),
        .parameterStatus(.init(name: "TimeZone", value: "UTC")),
        .parameterStatus(.init(name: "crdb_version", value: "v25.1")),
        .notificationResponse(.init(processID: 258, channel: "jobs", payload: "42")),
        .errorResponse(.init(error)), .noticeResponse(.init(error)),
        .readyForQuery(.init(.idle)), .readyForQuery(.init(.inTransaction)), .readyForQuery(.init(.failed)),
        .rowDescription(.init(columns: [column, column])), .rowDescription(.init(columns: [])),
        .parameterDescription(.init(types: [.int4, .text])),
        .dataRow(.init(values: [[1, 2, 3, 4], nil, []])), .dataRow(.init(values: [])),
        .commandComplete(.init(tag: "INSERT 0 1")), .commandComplete(.init(tag: "CREATE TABLE")),
        .emptyQueryResponse, .parseComplete, .bindComplete, .closeComplete, .noData, .portalSuspended,
        .copyInResponse(.init(.init(overall: .binary, columns: [.binary, .binary]))),
        .copyOutResponse(.init(.init(overall: .text, columns: [.text]))),
        .copyBothResponse(.init(.init(overall: .text, columns: []))), .copyData(.init(data: [1, 0, 2])), .copyDone,
        .functionCallResponse(.init(value: [5])), .functionCallResponse(.init(value: nil)),
    ]

    /// The bodies of a client's messages, for those types whose bodies differ from a server's.
    private static let requests: [FrontendMessage] = [
        .startup(.init(protocolVersion: 0x30002, parameters: [.init("user", "app"), .init("database", "bänk")])),
        .cancelRequest(.init(processID: 7, key: [5, 6, 7, 8])), .query(.init(sql: "SELECT 1")),
        .parse(.init(name: "s", sql: "SELECT $1", parameterTypes: [.int8])),
        .bind(
            .init(
                portal: "p", statement: "s", parameterFormats: [.binary], values: [[1, 2], nil, []],
                resultFormats: [.text, .binary])),
        .describe(.init(.statement("s"))), .execute(.init(portal: "p", maximumRows: 100)),
        .close(.init(.portal("p"))), .authenticationResponse(.init(data: [UInt8](text: "secret\0"))),
        .functionCall(
            .init(
                function: PostgresOID(rawValue: 1299), argumentFormats: [.text], arguments: [[120], nil],
                resultFormat: .binary)),
        .copyFail(.init(reason: "stop")),
    ]

    static var seeds: [[UInt8]] {
        let answers = messages.map { [0] + Frames.bytes($0) }
        let questions = requests.map { request in
            var writer = WireWriter()
            request.encode(into: &writer)
            // The messages of the startup phase have no type.
            let hasType = writer.bytes.first.map { $0 != 0 } ?? false
            return [0] + (hasType ? [] : [UInt8(ascii: "p")]) + writer.bytes
        }
        let session = messages.reduce(into: [UInt8(1)]) { $0 += Frames.bytes($1) }
        return answers + questions + [session]
    }

    static let dictionary = Frames.dictionary
}
