/// Asks the server for one value, of which it may be short: an answer of any length costs no more memory than the value.
struct QuestionOperation: Operation {
    private struct Sink: ReplySink {
        /// More than any answer to our questions.
        static let limit = 64
        var value: String?
        private(set) var rows = 0

        var keepsBytes: Bool { false }
        var failure: PostgresError? { nil }

        mutating func begin(_ columns: RowColumns) {}

        mutating func row(_ reader: inout WireReader, at offset: Int) {
            rows += 1
            guard rows == 1, let count = try? reader.readUInt16(), count == 1, let length = try? reader.readInt32(),
                (0...Int32(Self.limit)).contains(length), let bytes = try? reader.readBytes(Int(length))
            else {
                value = nil
                return
            }
            value = String(validating: bytes, as: UTF8.self)
        }

        mutating func adopt(_ bytes: [UInt8]) {}

        mutating func complete(_ tag: CommandTag) {}
    }

    private let core: ConnectionCore
    private let question: String
    private var exchange: Exchange
    private var sink = Sink()
    private var hasAsked = false

    init(_ core: ConnectionCore, _ question: String, until deadline: Deadline?) {
        self.core = core
        self.question = question
        exchange = Exchange(until: deadline)
    }

    /// The value of the only row's only column as text; `nil` if the answer is another.
    ///
    /// - Throws: ``PostgresError`` of the code `server` if the server refuses to answer, after which the connection can be
    ///   used unless the error was fatal, and others that end the connection.
    mutating func step() throws(PostgresError) -> Step<String?> {
        if !hasAsked {
            hasAsked = true
            Frontend.Query(sql: question).encode(into: &core.link.outbound)
            core.session.expect(.simpleQuery)
            if let wait = exchange.send(core) { return .wait(wait) }
        }
        switch try exchange.advance(core, &sink) {
        case .wait(let wait):
            return .wait(wait)
        case .lost(let error):
            throw core.takeError(statement: question) ?? error
        case .idle, .delivered, .enough, .sent:
            if let error = core.takeError(statement: question) { throw error }
            return .done(sink.value)
        }
    }

    func interrupt(_ reason: Interruption) throws(PostgresError) {
        switch reason {
        case .taskCancelled:
            throw PostgresError(.cancelled, "the task was cancelled while connecting").with(isSafeToRetry: true)
        case .deadlinePassed:
            throw PostgresError(.timedOut, "the server did not say within connect_timeout what kind of server it is")
                .with(isSafeToRetry: true)
        }
    }
}
