@testable import PostgresClient
@testable import PostgresWire

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// A whole connection over a pair of sockets: its start, queries by both protocols and their rows, while the server says
/// what the input holds and hangs up.
///
/// The input is what to do (a byte), then messages as they stand in a stream.
enum ConnectionTarget: FuzzTarget {
    static let name = "connection"
    static let maximumLength = 512

    private static let attempt = try? ConnectionAttempt(
        host: ServerHost("/s"), address: SocketAddress(unixSocket: "/s/.s.PGSQL.5432"), encryption: .none)
    private static let configuration = try? ConnectionConfiguration.resolve(
        host: "/s", user: "app", database: "bank", environment: [:],
        system: LocalSystem(userName: { nil }, homeDirectory: { nil }, fileExists: { _ in false }))
    /// What lets a client in without more ado.
    private static let start = Frames.bytes(
        .authentication(.ok), .parameterStatus(.init(name: "client_encoding", value: "UTF8")),
        .readyForQuery(.init(.idle)))

    static func run(_ input: [UInt8]) throws {
        guard let attempt, let configuration, let first = input.first else { return }
        let bytes = (first & 1 == 0 ? start : []) + input.dropFirst()
        let (socket, server) = try pair()
        // Open to the end, or the client could send nothing.
        defer { close(server) }
        guard unsafe write(server, bytes, bytes.count) == bytes.count, shutdown(server, Int32(SHUT_WR)) == 0 else {
            return
        }
        var operation = StartupOperation(Link(socket), attempt, configuration, deadline: nil)
        guard let core = try? BlockingDriver.run(&operation) else { return operation.close() }
        let connection = Connection(core)
        for step in 0..<3 {
            do {
                switch first >> (1 + 2 * step) & 3 {
                case 0: try read(connection.query("SELECT 3", as: PostgresValue.self))
                case 1: for rows in try connection.simpleQuery("SELECT 1") { try read(rows) }
                case 2: try read(connection.query("SELECT \(step)"))
                default:
                    let stream = connection.stream("SELECT 2")
                    while let row = try stream.next() { try read(row) }
                }
            } catch let error as PostgresError {
                _ = error.description
                let endsConnection = error.code == .protocolViolation || error.code == .connectionLost
                try require(!endsConnection || !connection.isUsable, "the connection goes on after: \(error)")
            }
        }
        connection.close()
    }

    private static func read(_ rows: [PostgresValue]) {
        for value in rows { _ = value.description }
    }

    private static func read(_ rows: Rows) throws {
        for row in rows { try read(row) }
        _ = rows.description
    }

    private static func read(_ row: Row) throws {
        for index in 0..<row.count {
            _ = try? row.decode(index, as: PostgresValue.self)
            _ = try? row.decode(index, as: Int64.self)
            _ = try? row.decode(index, as: String?.self)
        }
        _ = row.description
    }

    /// A socket for the client and the descriptor of its other end.
    private static func pair() throws -> (Socket, Int32) {
        #if canImport(Glibc)
            let kind = Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
        #elseif canImport(Musl)
            let kind = SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC
        #else
            let kind = SOCK_STREAM
        #endif
        var pair: [Int32] = [-1, -1]
        guard unsafe socketpair(AF_UNIX, kind, 0, &pair) == 0 else { throw FuzzFailure("no pair of sockets") }
        #if canImport(Darwin)
            _ = fcntl(pair[0], F_SETFL, O_NONBLOCK)
        #endif
        return (Socket(descriptor: Descriptor(pair[0])), pair[1])
    }

    private static func close(_ descriptor: Int32) {
        #if canImport(Glibc)
            _ = Glibc.close(descriptor)
        #elseif canImport(Musl)
            _ = Musl.close(descriptor)
        #else
            _ = Darwin.close(descriptor)
        #endif
    }

    private static func seed(_ flags: UInt8, _ messages: [BackendMessage]) -> [UInt8] {
        var writer = WireWriter()
        for message in messages { message.encode(into: &writer) }
        return [flags] + writer.bytes
    }

    static var seeds: [[UInt8]] {
        let column = FrameTarget.column
        var textColumn = column
        textColumn.name = "note"
        textColumn.typeOID = .text
        textColumn.format = .text
        let row = BackendMessage.dataRow(.init(values: [[0, 0, 0, 5], nil]))
        let columns = BackendMessage.rowDescription(.init(columns: [column, textColumn]))
        let done = BackendMessage.commandComplete(.init(tag: "SELECT 1"))
        let ready = BackendMessage.readyForQuery(.init(.idle))
        let prepared: [BackendMessage] = [.parseComplete, .parameterDescription(.init(types: [.int4])), columns]
        let extended: [BackendMessage] = prepared + [.bindComplete, row, row, done, ready]
        let simple: [BackendMessage] = [columns, row, done, columns, done, ready]
        let error = BackendMessage.errorResponse(.init(FrameTarget.error))
        let notice = BackendMessage.noticeResponse(.init(FrameTarget.error))
        let notification = BackendMessage.notificationResponse(.init(processID: 1, channel: "a", payload: ""))
        let copyIn = BackendMessage.copyInResponse(.init(.init(overall: .text, columns: [])))
        let copyOut = BackendMessage.copyOutResponse(.init(.init(overall: .text, columns: [])))
        let start: [BackendMessage] = [
            .authentication(.ok), .parameterStatus(.init(name: "server_version", value: "18.0")),
            .backendKeyData(.init(processID: 7, key: [1, 2, 3, 4])), ready,
        ]
        var seeds: [[UInt8]] = []
        for flags in [0, 4, 6] as [UInt8] { seeds.append(seed(flags, extended)) }
        seeds.append(seed(2, simple))
        seeds.append(seed(0x2A, simple + simple + simple))
        seeds.append(seed(1, start + extended))
        seeds.append(seed(4, prepared + [error, ready]))
        seeds.append(seed(4, [error, ready] + extended))
        seeds.append(seed(2, [error, ready] + simple))
        seeds.append(seed(2, [.emptyQueryResponse, ready]))
        seeds.append(seed(4, prepared.prefix(2) + [.noData, .bindComplete, done, ready]))
        seeds.append(seed(2, [copyOut, .copyData(.init(data: [1])), .copyDone, done, ready]))
        seeds.append(seed(2, [copyIn, error, ready]))
        seeds.append(seed(4, prepared + [.bindComplete, row, .portalSuspended, ready]))
        seeds.append(seed(4, extended + extended))
        seeds.append(seed(4, prepared + [.bindComplete, notice, row, notification, done, ready]))
        seeds.append([4] + Frames.bytes("D", [0, 2, 0, 0, 0, 4]))
        seeds.append([2] + Frames.bytes("T", [0, 1, 0]))
        seeds.append([4, UInt8(ascii: "D"), 0x3F, 255, 255, 255])
        return seeds
    }

    static let dictionary =
        Frames.dictionary + [
            [0, 0, 0, 23], [0, 0, 0, 25], [0, 0, 0x06, 0xA4], [0, 0, 0x03, 0xEF], [UInt8](text: "0A000\0"),
        ]
}
