/// Any message that a client sends.
///
/// ```swift
/// var writer = WireWriter()
/// FrontendMessage.query(Frontend.Query(sql: "SELECT 1")).encode(into: &writer)
/// ```
///
/// Source: PostgreSQL manual, "Message Formats".
public enum FrontendMessage: Hashable, Sendable {
    case startup(Frontend.StartupMessage)
    case sslRequest(Frontend.SSLRequest)
    case gssENCRequest(Frontend.GSSENCRequest)
    case cancelRequest(Frontend.CancelRequest)
    case authenticationResponse(Frontend.AuthenticationResponse)
    case bind(Frontend.Bind)
    case close(Frontend.Close)
    case copyData(Frontend.CopyData)
    case copyDone
    case copyFail(Frontend.CopyFail)
    case describe(Frontend.Describe)
    case execute(Frontend.Execute)
    case flush
    case functionCall(Frontend.FunctionCall)
    case parse(Frontend.Parse)
    case query(Frontend.Query)
    case sync
    case terminate

    /// Reads the body of a message.
    ///
    /// - Parameters:
    ///   - type: The message's first byte; nil in the startup phase, where messages begin with their length.
    ///   - reader: A reader over everything after the length, and nothing more.
    /// - Throws: ``WireError/invalidValue`` for a type that no client sends, ``WireError/trailingBytes`` if the body is
    ///   longer than the message, and what the message's own decoding throws.
    public static func decode(type: UInt8?, body reader: inout WireReader) throws(WireError) -> FrontendMessage {
        let message: FrontendMessage
        switch type {
        case nil: message = try decodeStartup(body: &reader)
        case MessageType.password: message = .authenticationResponse(try Frontend.AuthenticationResponse(body: &reader))
        case MessageType.bind: message = .bind(try Frontend.Bind(body: &reader))
        case MessageType.close: message = .close(try Frontend.Close(body: &reader))
        case MessageType.copyData: message = .copyData(try Frontend.CopyData(body: &reader))
        case MessageType.copyDone: message = .copyDone
        case MessageType.copyFail: message = .copyFail(try Frontend.CopyFail(body: &reader))
        case MessageType.describe: message = .describe(try Frontend.Describe(body: &reader))
        case MessageType.execute: message = .execute(try Frontend.Execute(body: &reader))
        case MessageType.flush: message = .flush
        case MessageType.functionCall: message = .functionCall(try Frontend.FunctionCall(body: &reader))
        case MessageType.parse: message = .parse(try Frontend.Parse(body: &reader))
        case MessageType.query: message = .query(try Frontend.Query(body: &reader))
        case MessageType.sync: message = .sync
        case MessageType.terminate: message = .terminate
        default: throw .invalidValue
        }
        try reader.expectEnd()
        return message
    }

    private static func decodeStartup(body reader: inout WireReader) throws(WireError) -> FrontendMessage {
        let bytes = reader.readRemainingBytes()
        let code = try WireReader.read(bytes) { (reader) throws(WireError) -> UInt32 in try reader.readUInt32() }
        switch code {
        case Frontend.SSLRequest.code: return .sslRequest(try Frontend.SSLRequest.decode(body: bytes))
        case Frontend.GSSENCRequest.code: return .gssENCRequest(try Frontend.GSSENCRequest.decode(body: bytes))
        case Frontend.CancelRequest.code: return .cancelRequest(try Frontend.CancelRequest.decode(body: bytes))
        default: return .startup(try Frontend.StartupMessage.decode(body: bytes))
        }
    }

    /// Writes the whole message: type (none in the startup phase), length and body.
    public func encode(into writer: inout WireWriter) {
        switch self {
        case .startup(let message): message.encode(into: &writer)
        case .sslRequest(let message): message.encode(into: &writer)
        case .gssENCRequest(let message): message.encode(into: &writer)
        case .cancelRequest(let message): message.encode(into: &writer)
        case .authenticationResponse(let message): message.encode(into: &writer)
        case .bind(let message): message.encode(into: &writer)
        case .close(let message): message.encode(into: &writer)
        case .copyData(let message): message.encode(into: &writer)
        case .copyDone: Frontend.CopyDone().encode(into: &writer)
        case .copyFail(let message): message.encode(into: &writer)
        case .describe(let message): message.encode(into: &writer)
        case .execute(let message): message.encode(into: &writer)
        case .flush: Frontend.Flush().encode(into: &writer)
        case .functionCall(let message): message.encode(into: &writer)
        case .parse(let message): message.encode(into: &writer)
        case .query(let message): message.encode(into: &writer)
        case .sync: Frontend.Sync().encode(into: &writer)
        case .terminate: Frontend.Terminate().encode(into: &writer)
        }
    }
}
