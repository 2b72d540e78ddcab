import ManticoreTesting
import PostgresClient
import PostgresWire
import Testing

/// Servers that answer a COPY with what the protocol, or the format, does not allow.
@Suite(.ownThread) struct HostileCopyTests {
    private static func out(_ columns: Int, _ format: PostgresFormat = .binary) -> BackendMessage {
        .copyOutResponse(
            .init(.init(overall: format, columns: [PostgresFormat](repeating: format, count: columns))))
    }

    private static let description: [BackendMessage] =
        HostileSession.described("a", "b") + [.readyForQuery(.init(.idle))]
    private static let end: [BackendMessage] = [
        .copyDone, .commandComplete(.init(tag: "COPY 1")), .readyForQuery(.init(.idle)),
    ]
    private static let row: [UInt8] = [0, 2, 0, 0, 0, 4, 0, 0, 0, 1, 0, 0, 0, 4, 0, 0, 0, 2]

    private static func data(_ bytes: [UInt8]) -> BackendMessage { .copyData(.init(data: bytes)) }

    private static let answers: [(String, [BackendMessage])] = [
        ("another format", description + [out(2, .text), data([])] + end),
        ("another number of columns", description + [out(3)] + end),
        (
            "columns of several formats",
            description + [.copyOutResponse(.init(.init(overall: .binary, columns: [.binary, .text])))] + end
        ),
        ("no beginning", description + [out(2), data(row)] + end),
        ("half a beginning", description + [out(2), data(Array(CopyBinary.header.prefix(12)))] + end),
        (
            "an extension longer than the message",
            description + [out(2), data(CopyBinary.header.dropLast() + [9])] + end
        ),
        (
            "an extension of negative length",
            description + [out(2), data(CopyBinary.header.dropLast(4) + [255, 0, 0, 0])] + end
        ),
        ("no end", description + [out(2), data(CopyBinary.header + row)] + end),
        (
            "more after the end",
            description + [out(2), data(CopyBinary.header + row), data(CopyBinary.trailer), data(row)] + end
        ),
        ("more in the end", description + [out(2), data(CopyBinary.header), data(CopyBinary.trailer + [0])] + end),
        ("too few columns", description + [out(2), data(CopyBinary.header), data([0, 1, 0, 0, 0, 0])] + end),
        ("a negative count", description + [out(2), data(CopyBinary.header), data([0x80, 0, 0, 0])] + end),
        ("an empty row", description + [out(2), data(CopyBinary.header), data([])] + end),
        ("a row of a query", description + [out(2), data(CopyBinary.header), HostileSession.row([1], [2])] + end),
        ("data in no COPY", description + [data(row)] + end),
        ("data before the description", [data(row)] + description + [out(2)] + end),
        ("an end in no COPY", description + end),
        ("a COPY in answer to the description", [out(2)] + end),
        (
            "COPY in both directions",
            description + [.copyBothResponse(.init(.init(overall: .binary, columns: [])))] + end
        ),
    ]

    @Test(arguments: Face.allCases, answers.indices)
    func whatIsNoCopy(_ face: Face, _ index: Int) async throws {
        let (what, answer) = Self.answers[index]
        let (client, server) = try await HostileSession.accepted(
            HostileSession.prepared(Self.description)
                + [.receiveUntil(MessageType.query), .messages(answer), .receiveToEnd], face)
        defer { client.connection.close() }
        let stream = client.connection.copyOut("SELECT a, b FROM t", as: (Int32, Int32).self)
        let error = await failure { try await client.all(stream) }
        #expect(error?.code == .protocolViolation, "\(what): \(error.map { "\($0)" } ?? "")")
        #expect(!client.connection.isUsable, "\(what)")
        _ = server
    }

    @Test(arguments: Face.allCases)
    func valuesThatAreNone(_ face: Face) async throws {
        let rows: [[UInt8]] = [
            [0, 2, 0, 0, 0, 4, 0, 0, 0, 1, 0, 0, 0, 4, 0, 0, 0], [0, 2, 0, 0, 0, 4, 0, 0, 0, 1],
            [0, 2, 0xFF, 0xFF, 0xFF, 0xFE, 0, 0, 0, 0], [0, 2, 0x7F, 0xFF, 0xFF, 0xFF, 0], Self.row + [0],
            [0, 2, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0],
        ]
        for (isFirst, row) in rows.flatMap({ [(true, $0), (false, $0)] }) {
            let data =
                isFirst
                ? [Self.data(CopyBinary.header + row)]
                : [Self.data(CopyBinary.header + Self.row), Self.data(Self.row), Self.data(row)]
            let (client, server) = try await HostileSession.accepted(
                HostileSession.prepared(Self.description) + [
                    .receiveUntil(MessageType.query),
                    .messages(Self.description + [Self.out(2)] + data + [Self.data(CopyBinary.trailer)] + Self.end),
                    .receiveToEnd,
                ], face)
            defer { client.connection.close() }
            let stream = client.connection.copyOut("SELECT a, b FROM t", as: (Int32, Int32).self)
            let error = await failure { try await client.all(stream) }
            #expect(error?.code == .decodingFailed, "\(row): \(error.map { "\($0)" } ?? "")")
            #expect(error?.message.contains(isFirst ? "row 0" : "row 2") == true, "\(error?.message ?? "")")
            _ = server
        }
    }

    @Test(arguments: Face.allCases)
    func aCopyThatTakesRows(_ face: Face) async throws {
        let described: [BackendMessage] = [
            .parseComplete, .parameterDescription(.init(types: [])),
            .rowDescription(
                .init(columns: [
                    ColumnDescription(name: "a", typeOID: .int4), ColumnDescription(name: "b", typeOID: .text),
                ])), .readyForQuery(.init(.idle)),
        ]
        let copyIn = BackendMessage.copyInResponse(.init(.init(overall: .binary, columns: [.binary, .binary])))
        let answers: [(String, [BackendMessage], PostgresError.Code)] = [
            (
                "other columns", HostileSession.described("a") + [.readyForQuery(.init(.idle)), copyIn],
                .protocolViolation
            ),
            (
                "an end at once",
                described + [copyIn, .commandComplete(.init(tag: "COPY 0")), .readyForQuery(.init(.idle))],
                .protocolViolation
            ),
            ("data", described + [copyIn, Self.data([1])], .protocolViolation),
            ("another COPY", described + [copyIn, copyIn], .protocolViolation),
            (
                "no COPY", described + [.commandComplete(.init(tag: "COPY 0")), .readyForQuery(.init(.idle))],
                .invalidArgument
            ),
        ]
        for (what, answer, code) in answers {
            let (client, server) = try await HostileSession.accepted(
                HostileSession.prepared(described)
                    + [.receiveUntil(MessageType.query), .messages(answer), .receiveToEnd], face)
            defer { client.connection.close() }
            let error = await failure {
                try await client.copy(into: "t", columns: ["a", "b"]) { $0 < 5_000_000 ? ($0, "1") : nil }
            }
            #expect(error?.code == code, "\(what): \(error.map { "\($0)" } ?? "")")
            _ = server
        }
    }
}

extension HostileSession {
    /// The answer to the first question for the types of columns.
    fileprivate static func prepared(_ description: [BackendMessage]) -> [ScriptedServer.Step] {
        [.receiveUntil(MessageType.sync), .messages(description)]
    }
}
