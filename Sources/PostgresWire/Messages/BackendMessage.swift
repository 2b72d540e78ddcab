/// Any message that a server sends.
///
/// ```swift
/// let message = try WireReader.read([UInt8(ascii: "I")]) { (reader) throws(WireError) -> BackendMessage in
///     try BackendMessage.decode(type: MessageType.readyForQuery, body: &reader)
/// }
/// ```
///
/// Source: PostgreSQL manual, "Message Formats".
public enum BackendMessage: Hashable, Sendable {
    case authentication(Backend.Authentication)
    case backendKeyData(Backend.BackendKeyData)
    case bindComplete
    case closeComplete
    case commandComplete(Backend.CommandComplete)
    case copyBothResponse(Backend.CopyBothResponse)
    case copyData(Backend.CopyData)
    case copyDone
    case copyInResponse(Backend.CopyInResponse)
    case copyOutResponse(Backend.CopyOutResponse)
    case dataRow(Backend.DataRow)
    case emptyQueryResponse
    case errorResponse(Backend.ErrorResponse)
    case functionCallResponse(Backend.FunctionCallResponse)
    case negotiateProtocolVersion(Backend.NegotiateProtocolVersion)
    case noData
    case noticeResponse(Backend.NoticeResponse)
    case notificationResponse(Backend.NotificationResponse)
    case parameterDescription(Backend.ParameterDescription)
    case parameterStatus(Backend.ParameterStatus)
    case parseComplete
    case portalSuspended
    case readyForQuery(Backend.ReadyForQuery)
    case rowDescription(Backend.RowDescription)

    /// Reads the body of a message.
    ///
    /// - Parameters:
    ///   - type: The message's first byte.
    ///   - reader: A reader over everything after the length, and nothing more.
    /// - Throws: ``WireError/invalidValue`` for a type that no server sends, ``WireError/trailingBytes`` if the body is
    ///   longer than the message, and what the message's own decoding throws.
    public static func decode(type: UInt8, body reader: inout WireReader) throws(WireError) -> BackendMessage {
        let message: BackendMessage
        switch type {
        case MessageType.authentication: message = .authentication(try Backend.Authentication(body: &reader))
        case MessageType.backendKeyData: message = .backendKeyData(try Backend.BackendKeyData(body: &reader))
        case MessageType.bindComplete: message = .bindComplete
        case MessageType.closeComplete: message = .closeComplete
        case MessageType.commandComplete: message = .commandComplete(try Backend.CommandComplete(body: &reader))
        case MessageType.copyBothResponse: message = .copyBothResponse(try Backend.CopyBothResponse(body: &reader))
        case MessageType.copyData: message = .copyData(try Backend.CopyData(body: &reader))
        case MessageType.copyDone: message = .copyDone
        case MessageType.copyInResponse: message = .copyInResponse(try Backend.CopyInResponse(body: &reader))
        case MessageType.copyOutResponse: message = .copyOutResponse(try Backend.CopyOutResponse(body: &reader))
        case MessageType.dataRow: message = .dataRow(try Backend.DataRow(body: &reader))
        case MessageType.emptyQueryResponse: message = .emptyQueryResponse
        case MessageType.errorResponse: message = .errorResponse(try Backend.ErrorResponse(body: &reader))
        case MessageType.functionCallResponse:
            message = .functionCallResponse(try Backend.FunctionCallResponse(body: &reader))
        case MessageType.negotiateProtocolVersion:
            message = .negotiateProtocolVersion(try Backend.NegotiateProtocolVersion(body: &reader))
        case MessageType.noData: message = .noData
        case MessageType.noticeResponse: message = .noticeResponse(try Backend.NoticeResponse(body: &reader))
        case MessageType.notificationResponse:
            message = .notificationResponse(try Backend.NotificationResponse(body: &reader))
        case MessageType.parameterDescription:
            message = .parameterDescription(try Backend.ParameterDescription(body: &reader))
        case MessageType.parameterStatus: message = .parameterStatus(try Backend.ParameterStatus(body: &reader))
        case MessageType.parseComplete: message = .parseComplete
        case MessageType.portalSuspended: message = .portalSuspended
        case MessageType.readyForQuery: message = .readyForQuery(try Backend.ReadyForQuery(body: &reader))
        case MessageType.rowDescription: message = .rowDescription(try Backend.RowDescription(body: &reader))
        default: throw .invalidValue
        }
        try reader.expectEnd()
        return message
    }

    /// Writes the whole message: type, length and body.
    public func encode(into writer: inout WireWriter) {
        switch self {
        case .authentication(let message): message.encode(into: &writer)
        case .backendKeyData(let message): message.encode(into: &writer)
        case .bindComplete: Backend.BindComplete().encode(into: &writer)
        case .closeComplete: Backend.CloseComplete().encode(into: &writer)
        case .commandComplete(let message): message.encode(into: &writer)
        case .copyBothResponse(let message): message.encode(into: &writer)
        case .copyData(let message): message.encode(into: &writer)
        case .copyDone: Backend.CopyDone().encode(into: &writer)
        case .copyInResponse(let message): message.encode(into: &writer)
        case .copyOutResponse(let message): message.encode(into: &writer)
        case .dataRow(let message): message.encode(into: &writer)
        case .emptyQueryResponse: Backend.EmptyQueryResponse().encode(into: &writer)
        case .errorResponse(let message): message.encode(into: &writer)
        case .functionCallResponse(let message): message.encode(into: &writer)
        case .negotiateProtocolVersion(let message): message.encode(into: &writer)
        case .noData: Backend.NoData().encode(into: &writer)
        case .noticeResponse(let message): message.encode(into: &writer)
        case .notificationResponse(let message): message.encode(into: &writer)
        case .parameterDescription(let message): message.encode(into: &writer)
        case .parameterStatus(let message): message.encode(into: &writer)
        case .parseComplete: Backend.ParseComplete().encode(into: &writer)
        case .portalSuspended: Backend.PortalSuspended().encode(into: &writer)
        case .readyForQuery(let message): message.encode(into: &writer)
        case .rowDescription(let message): message.encode(into: &writer)
        }
    }
}
