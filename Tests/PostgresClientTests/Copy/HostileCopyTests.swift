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

    /// A whole COPY of one row of two columns, but for what is between its beginning and its end.
    private static let whole: [BackendMessage] = [data(CopyBinary.header + row), data(CopyBinary.trailer)]

    private static let answers: [(String, [BackendMessage])] = [
        ("another format", description + [out(2, .text)] + whole + end),
        ("another number of columns", description + [out(3)] + whole + end),
        (
            "columns of several formats",
            description + [.copyOutResponse(.init(.init(overall: .binary, columns: [.binary, .text])))] + whole + end
        ),
        ("no beginning", description + [out(2), data(row), data(CopyBinary.trailer)] + end),
        ("half a beginning", description + [out(2), data(Array(CopyBinary.header.prefix(12)))] + end),
        (
            "another beginning",
            description + [out(2), data([0] + CopyBinary.header.dropFirst() + row), data(CopyBinary.trailer)] + end
        ),
        (
            "flags that nobody knows",
            description + [out(2), data(CopyBinary.signature + [0, 1, 0, 0, 0, 0, 0, 0] + row), whole[1]] + end
        ),
        (
            "an extension longer than the message",
            description + [out(2), data(CopyBinary.header.dropLast() + [9])] + end
        ),
        (
            "an extension of negative length",
            description + [out(2), data(CopyBinary.header.dropLast(4) + [255, 0, 0, 0])] + end
        ),
        ("no end", description + [out(2), data(CopyBinary.header + row)] + end),
        ("no end of the data", description + [out(2)] + whole + end.dropFirst()),
        ("two ends", description + [out(2)] + whole + [.copyDone] + end),
        ("readiness before the end", description + [out(2)] + whole + [.readyForQuery(.init(.idle))] + end),
        ("more after the end", description + [out(2)] + whole + [data(row)] + end),
        ("a second beginning", description + [out(2)] + whole + [data(CopyBinary.header)] + end),
        ("more in the end", description + [out(2), data(CopyBinary.header), data(CopyBinary.trailer + [0])] + end),
        ("too few columns", description + [out(2), data(CopyBinary.header), data([0, 1, 0, 0, 0, 0])] + end),
        ("a negative count", description + [out(2), data(CopyBinary.header), data([0x80, 0, 0, 0])] + end),
        ("an empty row", description + [out(2), whole[0], data([]), whole[1]] + end),
        ("a row of a query", description + [out(2), data(CopyBinary.header), HostileSession.row([1], [2])] + end),
        (
            "a row of a query behind the end",
            description + [out(2)] + whole + end.dropLast() + [HostileSession.row([1], [2])] + end.dropFirst()
        ),
        ("a second COPY", description + [out(2)] + whole + end.dropLast() + [out(2)] + whole + end),
        ("data in no COPY", description + [data(row)] + end),
        ("data before the description", [data(row)] + description + [out(2)] + end),
        ("an end in no COPY", description + end),
        ("a COPY in answer to the description", [out(2)] + end),
        (
            "COPY in both directions",
            description + [.copyBothResponse(.init(.init(overall: .binary, columns: [])))] + end
        ),
    ]

    // Guard: Sources/PostgresClient/Copy/CopyOutSink.swift: `if response.formats.overall != format {`
    // Guard: Sources/PostgresClient/Copy/CopyOutSink.swift: `} else if response.formats.columns.count != columns.count`
    // Guard: Sources/PostgresClient/Copy/CopyOutSink.swift: `} else if response.formats.columns.contains(where: { $0 !`
    // Guard: Sources/PostgresWire/Copy/CopyBinary.swift: `guard try reader.readUInt8() == byte else { throw .invalidVa`
    // Guard: Sources/PostgresWire/Copy/CopyBinary.swift: `guard try reader.readUInt32() >> 16 == 0 else { throw .inval`
    // Guard: Sources/PostgresClient/Copy/CopyOutSink.swift: `if case .binary = shape, !isAtEnd { fail("the server ende`
    // Guard: Sources/PostgresClient/Copy/CopyOutSink.swift: `if hasBegun, !isDone { fail("the server ended a COPY with`
    // Guard: Sources/PostgresClient/Copy/CopyOutSink.swift: `if isDone { fail("the server ended a COPY twice") }`
    // Guard: Sources/PostgresClient/Copy/CopyOutSink.swift: `guard !isAtEnd else { return fail("the server sent more a`
    // Guard: Sources/PostgresClient/Copy/CopyOutSink.swift: `guard count == -1, remaining == 0 else {`
    // Guard: Sources/PostgresClient/Copy/CopyOutSink.swift: `else { return fail("the server sent an empty row in a COP`
    // Guard: Sources/PostgresClient/Copy/CopyOutSink.swift: `if hasBegun { fail("the server sent a row of a query in t`
    // Guard: Sources/PostgresClient/Copy/CopyOutSink.swift: `guard !hasBegun else { return false }`
    @Test(arguments: Face.allCases, answers.indices)
    func whatIsNoCopy(_ face: Face, _ index: Int) async throws {
        let (what, answer) = Self.answers[index]
        let (client, server) = try await HostileSession.accepted(
            HostileSession.prepared(Self.description)
                + [.receiveUntil(MessageType.query), .messages(answer), .receiveToEnd], face)
        defer { client.connection.close() }
        let stream = client.connection.copyOut("SELECT a, b FROM t", as: (Int32, Int32).self)
        let error = await failure { try await client.all(stream) }
        // A second COPY is refused as one in answer to a query is.
        let code: PostgresError.Code = what == "a second COPY" ? .server : .protocolViolation
        #expect(error?.code == code, "\(what): \(error.map { "\($0)" } ?? "")")
        #expect(client.connection.isUsable == (code == .server), "\(what)")
        _ = server
    }

    /// What a COPY brings as bytes is nobody's but the caller's: only where it begins and ends can be wrong.
    // Guard: Sources/PostgresClient/Copy/CopyOutSink.swift: `guard !isDone else { return fail("the server sent more af`
    @Test(arguments: Face.allCases)
    func bytesWithoutAnEnd(_ face: Face) async throws {
        let line = Self.data(Array("1\n".utf8))
        let answers: [(String, [BackendMessage], isFine: Bool)] = [
            ("an honest one", [Self.out(1, .text), line] + Self.end, true),
            ("more after the end", [Self.out(1, .text), line, .copyDone, line] + Self.end.dropFirst(), false),
            ("two ends", [Self.out(1, .text), line, .copyDone] + Self.end, false),
            ("no end", [Self.out(1, .text), line] + Self.end.dropFirst(), false),
            ("no end, in the middle of it", [Self.out(1, .text), line, line, .readyForQuery(.init(.idle))], false),
            ("a row of a query", [Self.out(1, .text), line, HostileSession.row([49])] + Self.end, false),
        ]
        for (what, answer, isFine) in answers {
            let (client, server) = try await HostileSession.accepted(
                [.receive(MessageType.query), .messages(answer), .receiveToEnd], face)
            defer { client.connection.close() }
            let stream = client.connection.copyOut(statement: "COPY t TO STDOUT")
            if isFine {
                #expect(try await client.text(stream) == "1\n")
                #expect(client.connection.isUsable)
            } else {
                let error = await failure { try await client.text(stream) }
                #expect(error?.code == .protocolViolation, "\(what): \(error.map { "\($0)" } ?? "")")
                #expect(!client.connection.isUsable, "\(what)")
            }
            _ = server
        }
    }

    /// No byte of them is delivered, so that nobody gets to say that it is enough.
    @Test(arguments: Face.allCases)
    func emptyDataWithoutEnd(_ face: Face) async throws {
        let empty = HostileSession.bytes([Self.data([])])
        let server = try ScriptedServer(
            ScriptedServer.acceptingSession + [
                .receive(MessageType.query), .messages([Self.out(1, .text)]),
                .flood(bytes: empty, times: 20_000_000),
            ])
        let client = try await Client.connect(HostileSession.configuration(server), face)
        let stream = client.connection.within(.milliseconds(300)).copyOut(statement: "COPY t TO STDOUT")
        #expect(await failure { try await client.text(stream) }?.code == .timedOut)
        #expect(!client.connection.isUsable)
    }

    /// A line is cut into no more fields than a row can have, whatever its length.
    // Guard: Sources/PostgresWire/Copy/CopyDialect+Fields.swift: `guard fields.count < Self.mostFields else { throw .i`
    @Test(arguments: Face.allCases)
    func aLineOfTabs(_ face: Face) async throws {
        for (format, byte) in [(CopyFormat.text, UInt8(ascii: "\t")), (CopyFormat.csv, UInt8(ascii: ","))] {
            let line = Self.data([UInt8](repeating: byte, count: 4_000_000) + [10])
            let (client, server) = try await HostileSession.accepted(
                HostileSession.prepared(Self.description) + [
                    .receiveUntil(MessageType.query),
                    .messages(Self.description + [Self.out(2, .text), line] + Self.end), .receiveToEnd,
                ], face)
            defer { client.connection.close() }
            let stream = client.connection.copyOut("SELECT a, b FROM t", as: (Int32, Int32).self, format: format)
            let error = await failure { try await client.all(stream) }
            #expect(error?.code == .protocolViolation && error?.message.contains("malformed") == true)
            #expect(!client.connection.isUsable)
            _ = server
        }
    }

    // Guard: Sources/PostgresClient/Rows/TuplePlan.swift: `try reader.expectEnd()`
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

    // Guard: Sources/PostgresClient/Copy/CopyWriter.swift: `guard let types = target.types, types.count != target.coun`
    // Guard: Sources/PostgresClient/Copy/CopyInOperation.swift: `guard sink.isCopy else {`
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
