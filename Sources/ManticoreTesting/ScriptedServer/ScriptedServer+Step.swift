public import PostgresWire

extension ScriptedServer {
    /// One thing that a connection's script does.
    public enum Step: Sendable {
        /// Waits for a message of the startup phase, which has no type byte: StartupMessage, SSLRequest, CancelRequest.
        case receiveStartup
        /// Waits for the next message, and ends the script if it is of another type; nil takes any.
        case receive(UInt8?)
        /// Takes messages up to and including the first of this type.
        case receiveUntil(UInt8)
        /// Waits for so many bytes, whatever they are.
        case receiveBytes(Int)
        /// Sends these bytes.
        case send(bytes: [UInt8])
        /// Sends these bytes one at a time, each in a segment of its own.
        case trickle(bytes: [UInt8])
        /// Sends these messages in one go.
        case messages([BackendMessage])
        /// Lets so many milliseconds pass.
        case pause(milliseconds: Int)
        /// Takes and drops what comes until the client closes its side.
        case receiveToEnd
        /// Closes the connection; later steps are not run.
        case close
        /// Closes the connection with a reset, as a machine does that has lost its state; later steps are not run.
        case reset
    }

    /// A script's beginning that lets a client in without a password and reports what clients look at; for a client
    /// that does not ask for TLS.
    public static let acceptingSession: [Step] = [
        .receiveStartup,
        .messages([
            .authentication(.ok),
            .parameterStatus(.init(name: "server_version", value: "17.0")),
            .parameterStatus(.init(name: "client_encoding", value: "UTF8")),
            .parameterStatus(.init(name: "integer_datetimes", value: "on")),
            .backendKeyData(.init(processID: 4711, key: [1, 2, 3, 4])),
            .readyForQuery(.init(.idle)),
        ]),
    ]
}
