/// How long a message from the server may say that it is before the client closes the connection.
///
/// The first four bytes after a stray type byte read as some length, most often an absurd one: the limits tell
/// a lost stream, or a server that is none, from a long message, before any memory is spent on it.
///
/// Source: libpq's `VALID_LONG_MESSAGE_TYPE` and its limits for the messages of the startup phase.
public enum MessageLimits {
    /// The least that the length field may hold, since it counts itself.
    @inlinable public static var minimumLength: Int { 4 }
    /// The most for an AuthenticationXXX or NegotiateProtocolVersion message before the session is authenticated.
    public static let authentication = 2000
    /// The most for messages that are short by nature.
    public static let short = 30_000
    /// The most for ParameterStatus, whose value may be a long `search_path`.
    public static let parameterStatus = 1 << 20
    /// The most for any message.
    @inlinable public static var hard: Int { (1 << 30) - 1 }

    /// The highest value that the length field of a message may hold.
    ///
    /// - Parameters:
    ///   - type: The message's first byte, known or not.
    ///   - duringStartup: Whether AuthenticationOk has not come yet.
    /// - Returns: Bytes, including the four of the length field, without the type byte.
    public static func maximumLength(of type: UInt8, duringStartup: Bool) -> Int {
        if duringStartup {
            switch type {
            case MessageType.authentication, MessageType.negotiateProtocolVersion: return authentication
            default: return short
            }
        }
        switch type {
        case MessageType.copyData, MessageType.dataRow, MessageType.errorResponse, MessageType.functionCallResponse,
            MessageType.noticeResponse, MessageType.notificationResponse, MessageType.rowDescription,
            MessageType.parameterDescription:
            return hard
        case MessageType.parameterStatus: return parameterStatus
        default: return short
        }
    }
}
