/// The state of one session: which message may come next, and what the server has said about itself.
///
/// A value without socket or clock. The connection above tells it what was asked (``expect(_:)``) and shows it the
/// type of every message that arrives (``accept(_:)``); what is not legal in that state is an error that ends the
/// session. Rows are the one exception for speed: while ``acceptsRows`` is true, DataRow needs no question.
///
/// ```swift
/// var session = Session()
/// try session.accept(UInt8(ascii: "R"))
/// ```
///
/// Source: PostgreSQL manual, "Message Flow"; libpq's `pqParseInput3`.
public struct Session: Sendable {
    /// How far the session has come.
    public enum Phase: Hashable, Sendable {
        /// StartupMessage is sent; the server authenticates the client.
        case authenticating
        /// AuthenticationOk came; the server reports its settings.
        case starting
        /// ReadyForQuery came at least once.
        case established
        /// Nothing more may be sent or received.
        case closed
    }

    /// How a COPY that the server began holds up the ordinary flow.
    public enum Copy: Hashable, Sendable {
        case none
        /// The server waits for data.
        case `in`
        /// The server sends data.
        case out
    }

    public internal(set) var phase = Phase.authenticating
    public internal(set) var transactionStatus = TransactionStatus.idle
    public internal(set) var copy = Copy.none

    /// Whether an error came and the server skips everything up to the next Sync.
    public internal(set) var isSkipping = false

    /// The process and the key that a CancelRequest must name; nil where the server gives none, as some poolers.
    public internal(set) var backendKey: Backend.BackendKeyData?

    /// The version of the protocol that is spoken: the one asked for, until the server answers with a lower one.
    public internal(set) var protocolVersion: UInt32

    /// Whether the server is CockroachDB, which reports a parameter of its own.
    public private(set) var isCockroachDB = false

    private var isVersionNegotiated = false
    private var hasAuthenticationBegun = false
    /// What is owed lies from `head` to before `tail`.
    @usableFromInline var replies: [ExpectedReply] = []
    @usableFromInline var head = 0
    @usableFromInline var tail = 0
    private var noticesBeforeAuthentication = 0
    private var messagesBeforeReady = 0
    private var settings: [String: String] = [:]
    private var settingsSize = 0

    /// The memory for so many replies is kept; it held as many once.
    @usableFromInline static var mostRepliesKept: Int { 65_536 }
    /// More notices than this before AuthenticationOk, and the peer is no honest server.
    static let noticeLimitBeforeAuthentication = 16
    /// More messages than this between AuthenticationOk and ReadyForQuery, and the peer means to keep us busy.
    static let messageLimitBeforeReady = 10_000
    /// The most bytes of settings that are kept; a `search_path` may take a good part of it.
    static let settingsSizeLimit = 1 << 21

    /// Begins a session whose startup message asks for a version of the protocol.
    ///
    /// - Parameter protocolVersion: major in the upper, minor in the lower 16 bits.
    public init(protocolVersion: UInt32 = Frontend.StartupMessage.version30) {
        self.protocolVersion = protocolVersion
    }

    /// What the server has reported about itself, by name: `server_version`, `TimeZone`, …
    ///
    /// Source: PostgreSQL manual, "Asynchronous Operations", ParameterStatus.
    public var parameters: [String: String] { settings }

    /// Whether everything that was asked has been answered.
    @inlinable
    public var isIdle: Bool { head == tail }

    /// What the next answer belongs to.
    @inlinable
    public var expectedReply: ExpectedReply? { head < tail ? replies[head] : nil }

    /// How many answers are owed.
    public var owedReplies: Int { tail - head }

    /// Whether a DataRow is legal now.
    @inlinable
    public var acceptsRows: Bool {
        guard copy == .none, !isSkipping, head < tail else { return false }
        let reply = replies[head]
        return reply == .execute || reply == .simpleQuery
    }

    /// Notes that an answer is owed; call it in the order in which the messages are written.
    @inlinable
    public mutating func expect(_ reply: ExpectedReply) {
        // What is answered is forgotten now and then, should the server never have answered everything.
        if head >= 4096, 2 * head >= tail { forgetAnswered() }
        if tail < replies.count { replies[tail] = reply } else { replies.append(reply) }
        tail += 1
    }

    @usableFromInline
    mutating func forgetAnswered() {
        replies.removeFirst(head)
        tail -= head
        head = 0
    }

    /// Notes that so many executions were sent, each with its Bind.
    public mutating func expectExecutions(_ count: Int) {
        for _ in 0..<max(0, count) {
            expect(.bind)
            expect(.execute)
        }
    }

    // The short ways, for what there may be millions of. They are mutating, and look at the fields themselves, so that the
    // session is not copied for each message.

    /// Takes BindComplete, if that is what is awaited; ``accept(_:)`` takes whatever this does not.
    ///
    /// - Returns: Whether it was; if not, nothing has changed.
    @inlinable
    @inline(__always)
    package mutating func acceptBound() -> Bool {
        guard isAwaited(.bind) else { return false }
        answered()
        return true
    }

    /// Takes the end of an execution, if that is what is awaited.
    ///
    /// - Returns: Whether it was; if not, nothing has changed.
    @inlinable
    @inline(__always)
    package mutating func acceptExecuted() -> Bool {
        guard isAwaited(.execute) else { return false }
        answered()
        return true
    }

    /// Whether DataRow and CopyData are legal now, and whether nothing is awaited.
    @inlinable
    @inline(__always)
    package mutating func outlook() -> (rows: Bool, copyData: Bool, isIdle: Bool) {
        guard head < tail else { return (false, false, true) }
        guard copy == .none else { return (false, copy == .out, false) }
        let reply = replies[head]
        return (!isSkipping && (reply == .execute || reply == .simpleQuery), false, false)
    }

    @inlinable
    @inline(__always)
    mutating func isAwaited(_ reply: ExpectedReply) -> Bool {
        head < tail && replies[head] == reply && phase == .established && copy == .none && !isSkipping
    }

    @inlinable
    @inline(__always)
    mutating func answered() {
        head += 1
        guard head == tail else { return }
        head = 0
        tail = 0
        if replies.count > Session.mostRepliesKept { replies = [] }
    }

    /// Keeps a setting that the server reports.
    ///
    /// - Throws: ``PostgresError/Code-swift.struct/protocolViolation`` for a setting under which values would be read wrongly: an
    ///   encoding other than UTF-8, or times that are not integers.
    public mutating func setParameter(_ name: String, _ value: String) throws(PostgresError) {
        if name == "client_encoding", value != "UTF8", value != "UNICODE", value != "utf8" {
            throw PostgresError(
                .protocolViolation,
                "the session's client_encoding became \(value), but this client reads and writes UTF8 only")
        }
        if name == "integer_datetimes", value != "on" {
            throw PostgresError(.protocolViolation, "the server keeps times as floating point, which is not supported")
        }
        // A server sends a dozen; one that sends thousands only wants memory.
        let old = settings[name]
        guard settings.count < 256 || old != nil else { return }
        let size =
            settingsSize + name.utf8.count + value.utf8.count - (old.map { name.utf8.count + $0.utf8.count } ?? 0)
        guard size <= Session.settingsSizeLimit else { return }
        settingsSize = size
        settings[name] = value
        if name == "crdb_version" { isCockroachDB = true }
    }

    /// Marks the session as over.
    public mutating func close() {
        phase = .closed
        replies = []
        head = 0
        tail = 0
    }

    /// Takes note of ReadyForQuery's status byte.
    public mutating func ready(_ status: TransactionStatus) {
        transactionStatus = status
    }

    /// Checks that a message of this type may come now, and moves on to the state after it.
    ///
    /// - Parameter type: The message's first byte.
    /// - Throws: ``PostgresError/Code-swift.struct/protocolViolation`` if it may not: the connection must be closed.
    public mutating func accept(_ type: UInt8) throws(PostgresError) {
        switch phase {
        case .authenticating: try acceptWhileAuthenticating(type)
        case .starting: try acceptWhileStarting(type)
        case .established: try acceptWhenEstablished(type)
        case .closed: throw unexpected(type)
        }
    }

    /// AuthenticationOk came at a moment when it may: the server goes on to report its settings.
    public mutating func authenticated() {
        phase = .starting
    }

    private mutating func acceptWhileAuthenticating(_ type: UInt8) throws(PostgresError) {
        switch type {
        case UInt8(ascii: "E"):
            return
        case UInt8(ascii: "R"):
            hasAuthenticationBegun = true
            return
        case UInt8(ascii: "v"):
            guard !isVersionNegotiated, !hasAuthenticationBegun else {
                throw PostgresError(
                    .protocolViolation, "the server negotiates the protocol's version twice, or too late")
            }
            isVersionNegotiated = true
            return
        case UInt8(ascii: "N"):
            noticesBeforeAuthentication += 1
            if noticesBeforeAuthentication <= Session.noticeLimitBeforeAuthentication { return }
        default:
            break
        }
        throw unexpected(type)
    }

    private mutating func acceptWhileStarting(_ type: UInt8) throws(PostgresError) {
        messagesBeforeReady += 1
        guard messagesBeforeReady <= Session.messageLimitBeforeReady else {
            throw PostgresError(
                .protocolViolation, "the server reports settings without end instead of being ready")
        }
        switch type {
        case UInt8(ascii: "S"), UInt8(ascii: "K"), UInt8(ascii: "N"), UInt8(ascii: "A"), UInt8(ascii: "E"): return
        case UInt8(ascii: "Z"): phase = .established
        default: throw unexpected(type)
        }
    }

    private mutating func acceptWhenEstablished(_ type: UInt8) throws(PostgresError) {
        switch type {
        case UInt8(ascii: "N"), UInt8(ascii: "S"), UInt8(ascii: "A"): return
        case UInt8(ascii: "E"): return acceptError()
        default: break
        }
        guard let reply = expectedReply else { throw unexpected(type) }
        if isSkipping {
            guard type == UInt8(ascii: "Z"), reply == .sync else { throw unexpected(type) }
            isSkipping = false
            return answered()
        }
        if copy != .none {
            return try acceptDuringCopy(type, reply)
        }
        switch (reply, type) {
        case (.parse, UInt8(ascii: "1")), (.bind, UInt8(ascii: "2")), (.close, UInt8(ascii: "3")),
            (.sync, UInt8(ascii: "Z")),
            (.describeRows, UInt8(ascii: "T")), (.describeRows, UInt8(ascii: "n")),
            (.execute, UInt8(ascii: "C")), (.execute, UInt8(ascii: "I")), (.execute, UInt8(ascii: "s")),
            (.simpleQuery, UInt8(ascii: "Z")):
            answered()
        case (.describeStatement, UInt8(ascii: "t")):
            replies[head] = .describeRows
        case (.execute, UInt8(ascii: "D")), (.simpleQuery, UInt8(ascii: "D")),
            (.simpleQuery, UInt8(ascii: "T")), (.simpleQuery, UInt8(ascii: "C")), (.simpleQuery, UInt8(ascii: "I")):
            return
        // CockroachDB repeats an empty RowDescription while a procedure commits.
        case (.execute, UInt8(ascii: "T")) where isCockroachDB:
            return
        case (.execute, UInt8(ascii: "G")), (.simpleQuery, UInt8(ascii: "G")):
            copy = .in
        case (.execute, UInt8(ascii: "H")), (.simpleQuery, UInt8(ascii: "H")):
            copy = .out
        default:
            throw unexpected(type)
        }
    }

    private mutating func acceptDuringCopy(_ type: UInt8, _ reply: ExpectedReply) throws(PostgresError) {
        switch (copy, type) {
        case (.out, UInt8(ascii: "d")), (.out, UInt8(ascii: "c")):
            return
        case (_, UInt8(ascii: "C")):
            copy = .none
            if reply == .execute { answered() }
        default:
            throw unexpected(type)
        }
    }

    /// After an error the server skips to the next Sync; a Query ends by itself.
    private mutating func acceptError() {
        copy = .none
        guard let reply = expectedReply, reply != .simpleQuery else { return }
        if isSkipping { return }
        while let next = expectedReply, next != .sync { answered() }
        isSkipping = expectedReply == .sync
    }

    private func unexpected(_ type: UInt8) -> PostgresError {
        let name =
            type >= 0x20 && type < 0x7F
            ? "'\(Character(UnicodeScalar(type)))'" : "0x\(String(type, radix: 16, uppercase: true))"
        let state =
            switch phase {
            case .authenticating: "before authentication"
            case .starting: "while the session starts"
            case .closed: "after the session's end"
            case .established: expectedReply.map { "while \($0) is awaited" } ?? "while nothing is awaited"
            }
        if phase == .authenticating {
            return PostgresError(
                .protocolViolation, "the peer does not speak PostgreSQL's protocol: it sent a message of type \(name)")
        }
        return PostgresError(.protocolViolation, "the server sent a message of type \(name) \(state)")
    }
}
