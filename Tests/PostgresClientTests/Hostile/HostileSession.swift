import ManticoreTesting
import PostgresClient
import PostgresWire

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// What the tests of hostile servers have in common: a client on a scripted server, and answers to make scripts of.
enum HostileSession {
    static func configuration(
        _ server: ScriptedServer, sslmode: SSLMode = .disable, timeout: Duration = .seconds(20)
    ) throws -> ConnectionConfiguration {
        try .resolve(
            host: server.host, port: server.port, user: "app", database: "app", sslmode: sslmode,
            connectTimeout: timeout, environment: [:])
    }

    /// A client that is let in; `answer` follows, with the client's Parse, Describe and Flush received.
    static func answering(_ answer: [ScriptedServer.Step], _ face: Face) async throws -> (Client, ScriptedServer) {
        try await accepted([.receiveUntil(MessageType.flush)] + answer + [.receiveToEnd], face)
    }

    /// A client that is let in; the script goes on with `steps`.
    static func accepted(_ steps: [ScriptedServer.Step], _ face: Face) async throws -> (Client, ScriptedServer) {
        let server = try ScriptedServer(ScriptedServer.acceptingSession + steps)
        return (try await Client.connect(configuration(server), face), server)
    }

    /// The answer to a Describe: columns of `int4` with these names.
    static func described(_ names: String...) -> [BackendMessage] {
        [
            .parseComplete, .parameterDescription(.init(types: [])),
            .rowDescription(.init(columns: names.map { ColumnDescription(name: $0, typeOID: .int4) })),
        ]
    }

    static let end: [BackendMessage] = [.commandComplete(.init(tag: "SELECT 1")), .readyForQuery(.init(.idle))]

    /// The whole answer to a statement that the client does not know yet.
    static func result(_ described: [BackendMessage], _ rows: [BackendMessage]) -> [ScriptedServer.Step] {
        [.messages(described), .receiveUntil(MessageType.sync), .messages([.bindComplete] + rows + end)]
    }

    static func row(_ values: [UInt8]?...) -> BackendMessage { .dataRow(.init(values: values)) }

    static func bytes(_ messages: [BackendMessage]) -> [UInt8] {
        var writer = WireWriter()
        for message in messages { message.encode(into: &writer) }
        return writer.bytes
    }

    static func header(_ type: UInt8, _ length: UInt32) -> [UInt8] {
        var writer = WireWriter()
        writer.write(type)
        writer.write(length)
        return writer.bytes
    }

    /// The most virtual memory that the process ever had, in bytes; nil where the system does not say.
    static var peakMemory: Int? {
        let file = unsafe open("/proc/self/status", O_RDONLY)
        guard file >= 0 else { return nil }
        defer { _ = close(file) }
        var buffer = [UInt8](repeating: 0, count: 8192)
        let count = unsafe read(file, &buffer, buffer.count)
        let text = String(decoding: buffer.prefix(max(0, count)), as: UTF8.self)
        let line = text.split(separator: "\n").first { $0.hasPrefix("VmPeak:") }
        return line?.split(whereSeparator: { !$0.isNumber }).first.flatMap { Int($0) }.map { $0 * 1024 }
    }
}
