public import PostgresWire

extension ScriptedServer {
    /// One thing that a connection's script does.
    ///
    /// A step that cannot be done, because the client did something else, ends the script; ``failure(on:)`` says which
    /// one and why.
    ///
    /// ```swift
    /// let script: [ScriptedServer.Step] = [
    ///     .expect(message: .sslRequest(.init())), .send(bytes: Array("N".utf8)), .receiveStartup,
    ///     .messages([.authentication(.cleartextPassword)]), .expectClosed(within: .seconds(5)),
    /// ]
    /// ```
    ///
    /// ## Topics
    /// ### What the client sends
    /// ``receiveStartup``, ``receive(_:)``, ``receiveUntil(_:)``, ``receiveBytes(_:)``, ``receiveToEnd``,
    /// ``expect(bytes:)``, ``expect(message:)``, ``expectClosed(within:)``
    /// ### What the server sends
    /// ``send(bytes:)``, ``send(bytes:splitAt:pause:)``, ``trickle(bytes:every:)``, ``flood(bytes:times:)``,
    /// ``messages(_:)``, ``scram(_:)``
    /// ### TLS
    /// ``startTLS(_:)``, ``tickets(_:)``
    /// ### When, and the end
    /// ``pause(milliseconds:)``, ``close``, ``reset``
    public struct Step: Sendable {
        enum Action: Sendable {
            case receiveStartup
            case receive(UInt8?)
            case receiveUntil(UInt8)
            case receiveBytes(Int)
            case receiveToEnd
            case expectBytes([UInt8])
            case expectMessage(FrontendMessage)
            case expectClosed(Duration)
            case send([[UInt8]], pause: Duration)
            case flood([UInt8], times: Int)
            case scram(SCRAM)
            case startTLS(TLS)
            case tickets(Int)
            case pause(Duration)
            case close
            case reset
        }

        let action: Action

        init(_ action: Action) { self.action = action }

        /// Waits for a message of the startup phase, which has no type byte: StartupMessage, SSLRequest, CancelRequest.
        public static let receiveStartup = Step(.receiveStartup)

        /// Waits for the next message, and ends the script if it is of another type; nil takes any.
        public static func receive(_ type: UInt8?) -> Step { Step(.receive(type)) }

        /// Takes messages up to and including the first of this type.
        public static func receiveUntil(_ type: UInt8) -> Step { Step(.receiveUntil(type)) }

        /// Waits for so many bytes, whatever they are.
        public static func receiveBytes(_ count: Int) -> Step { Step(.receiveBytes(count)) }

        /// Takes and drops what comes until the client closes its side.
        public static let receiveToEnd = Step(.receiveToEnd)

        /// Waits for exactly these bytes.
        public static func expect(bytes: [UInt8]) -> Step { Step(.expectBytes(bytes)) }

        /// Waits for exactly this message.
        public static func expect(message: FrontendMessage) -> Step { Step(.expectMessage(message)) }

        /// Waits for the client to close its side, having sent nothing more than a farewell (Terminate).
        public static func expectClosed(within duration: Duration) -> Step { Step(.expectClosed(duration)) }

        /// Sends these bytes.
        public static func send(bytes: [UInt8]) -> Step { Step(.send([bytes], pause: .zero)) }

        /// Sends these bytes in several segments.
        ///
        /// ```swift
        /// let step = ScriptedServer.Step.send(bytes: Array("HELLO".utf8), splitAt: [1, 4])  // H, ELL, O
        /// ```
        ///
        /// - Parameters:
        ///   - bytes: What is sent.
        ///   - offsets: Where a new segment begins, counted from the first byte, ascending; others are ignored.
        ///   - pause: How long to wait between two segments.
        public static func send(
            bytes: [UInt8], splitAt offsets: [Int], pause: Duration = .milliseconds(5)
        ) -> Step {
            var segments: [[UInt8]] = []
            var start = 0
            for offset in offsets where offset > start && offset < bytes.count {
                segments.append(Array(bytes[start..<offset]))
                start = offset
            }
            segments.append(Array(bytes[start...]))
            return Step(.send(segments, pause: pause))
        }

        /// Sends these bytes one at a time, each in a segment of its own.
        public static func trickle(bytes: [UInt8], every pause: Duration = .microseconds(200)) -> Step {
            Step(.send(bytes.map { [$0] }, pause: pause))
        }

        /// Sends the same bytes again and again; that the client closes meanwhile is no failure.
        ///
        /// ``bytesSent(on:)`` says how far it came.
        public static func flood(bytes: [UInt8], times: Int) -> Step { Step(.flood(bytes, times: times)) }

        /// Sends these messages in one go.
        public static func messages(_ messages: [BackendMessage]) -> Step {
            var writer = WireWriter()
            for message in messages { message.encode(into: &writer) }
            return .send(bytes: writer.bytes)
        }

        /// Does the server's side of SCRAM-SHA-256, from the offer of mechanisms to the proof, AuthenticationOk
        /// excluded.
        public static func scram(_ scram: SCRAM) -> Step { Step(.scram(scram)) }

        /// Does the server's side of the TLS handshake at once, and encrypts everything from then on.
        ///
        /// For a client that begins with TLS (`sslnegotiation=direct`), and after the consent to an SSLRequest.
        public static func startTLS(_ tls: TLS) -> Step { Step(.startTLS(tls)) }

        /// Sends so many session tickets, or until the client has closed; nothing without TLS 1.3.
        public static func tickets(_ count: Int) -> Step { Step(.tickets(count)) }

        /// Lets so many milliseconds pass.
        public static func pause(milliseconds: Int) -> Step { Step(.pause(.milliseconds(milliseconds))) }

        /// Closes the connection; later steps are not run.
        public static let close = Step(.close)

        /// Closes the connection with a reset, as a machine does that has lost its state; later steps are not run.
        public static let reset = Step(.reset)
    }

    /// Consents to the client's SSLRequest, which must come now, and does the TLS handshake.
    public static func acceptTLS(_ tls: TLS) -> [Step] {
        [.expect(message: .sslRequest(.init())), .send(bytes: [UInt8(ascii: "S")]), .startTLS(tls)]
    }

    /// What a server reports about itself when a client has authenticated, up to ReadyForQuery.
    public static let sessionStart: Step = .messages([
        .authentication(.ok),
        .parameterStatus(.init(name: "server_version", value: "17.0")),
        .parameterStatus(.init(name: "client_encoding", value: "UTF8")),
        .parameterStatus(.init(name: "integer_datetimes", value: "on")),
        .backendKeyData(.init(processID: 4711, key: [1, 2, 3, 4])),
        .readyForQuery(.init(.idle)),
    ])

    /// A script's beginning that lets a client in without a password and reports what clients look at; for a client
    /// that does not ask for TLS.
    public static let acceptingSession: [Step] = [.receiveStartup, sessionStart]
}
