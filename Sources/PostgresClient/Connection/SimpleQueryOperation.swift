/// Runs SQL text by the simple protocol, which knows no parameters and answers in text.
struct SimpleQueryOperation: Operation {
    /// Collects a result for each statement of the text.
    ///
    /// Text results are for people and scripts: each row is copied out, so that no result refers to buffers of another.
    private struct Sink: ReplySink {
        var results: [Rows] = []
        private(set) var failure: PostgresError?
        private var columns = RowColumns.none
        private var bytes: [UInt8] = []
        private var places: [Rows.Place] = []

        var keepsBytes: Bool { false }

        mutating func begin(_ columns: RowColumns) {
            self.columns = columns
        }

        mutating func row(_ reader: inout WireReader, at offset: Int) {
            guard failure == nil else { return }
            var header = WireWriter()
            header.write(MessageType.dataRow)
            header.write(Int32(clamping: reader.remaining + 4))
            let body = reader.readRemainingBytes()
            guard columns !== RowColumns.none else {
                failure = PostgresError(.protocolViolation, "the server sent a row before it described its columns")
                return
            }
            if let mismatch = WireReader.read(body, { columns.mismatch(&$0) }) {
                failure = mismatch
                return
            }
            bytes.append(contentsOf: header.bytes)
            guard let offset = UInt32(exactly: bytes.count) else {
                failure = PostgresError(.unsupported, "a result of the simple protocol is longer than 4 GiB")
                return
            }
            places.append(Rows.Place(chunk: 0, offset: offset))
            bytes.append(contentsOf: body)
        }

        mutating func adopt(_ bytes: [UInt8]) {}

        mutating func complete(_ tag: CommandTag) {
            results.append(Rows(columns: columns, commandTag: tag, chunks: [bytes], places: places))
            columns = .none
            bytes = []
            places = []
        }
    }

    private enum Phase {
        case start
        case running
        case finished
    }

    private let core: ConnectionCore
    private let text: String
    private var sink = Sink()
    private var phase = Phase.start
    private var wasInTransaction = false
    private var cancellation: Cancellation?

    private let deadline: Deadline?

    init(_ core: ConnectionCore, _ text: String, until deadline: Deadline? = nil) {
        self.core = core
        self.text = text
        self.deadline = deadline
    }

    mutating func step() throws(PostgresError) -> Step<[Rows]> {
        if phase == .start {
            wasInTransaction = core.session.transactionStatus != .idle
            core.serverError = nil
            let start = core.link.outbound.count
            Frontend.Query(sql: text).encode(into: &core.link.outbound)
            if let failure = core.link.outbound.failure {
                core.link.outbound.rollBack(to: start)
                throw PostgresError(.encodingFailed, "the SQL cannot be sent: \(failure)").with(isSafeToRetry: true)
            }
            core.session.expect(.simpleQuery)
            phase = .running
        }
        if let wait = cancellation?.step() { return .wait(wait) }
        var sendFailure: PostgresError?
        var receives = 0
        while true {
            do throws(PostgresError) {
                if try core.process(&sink) == .idle { return .done(try finish()) }
            } catch {
                throw error.code == .protocolViolation ? core.fail(error.with(statement: text)) : error
            }
            // After the messages, since the answer to one may be among what is to be sent.
            var isFlushed = true
            do throws(PostgresError) {
                isFlushed = try core.link.flush()
            } catch {
                sendFailure = error
            }
            do throws(PostgresError) {
                switch try core.receive(&sink) {
                case .bytes:
                    receives += 1
                    if receives == Wait.receivesBetweenPauses { return .wait(wait(.readable).pause) }
                case .wouldBlock:
                    if let sendFailure { throw sendFailure }
                    if let wait = cancellation?.step() { return .wait(wait) }
                    return .wait(wait(isFlushed ? .readable : [.readable, .writable]))
                case .end: throw PostgresError(.connectionLost, "the server closed the connection")
                }
            } catch {
                throw lost(sendFailure ?? error)
            }
        }
    }

    private func wait(_ interest: Interest) -> Wait {
        Wait(core.link.socket.descriptor, interest, until: cancellation?.deadline ?? deadline)
    }

    private mutating func finish() throws(PostgresError) -> [Rows] {
        phase = .finished
        let reason = cancellation?.reason
        // Only a statement that the cancel itself ended proves that no cancel is on its way any more.
        if let cancellation, core.serverError?.sqlState != .queryCanceled { core.outlived(cancellation) }
        if let error = core.takeError(statement: text) {
            guard let reason, error.sqlState == .queryCanceled else { throw error }
            throw error.with(code: reason == .taskCancelled ? .cancelled : .timedOut)
        }
        if let failure = sink.failure { throw core.fail(failure) }
        return sink.results
    }

    private func lost(_ error: PostgresError) -> PostgresError {
        if let said = core.takeError(statement: text) { return core.fail(said) }
        let isUnknown = !wasInTransaction
        return core.fail((isUnknown ? error.with(code: .outcomeUnknown) : error).with(statement: text))
    }

    mutating func interrupt(_ reason: Interruption) throws(PostgresError) {
        if cancellation == nil {
            cancellation = Cancellation(core, reason)
            return
        }
        if reason == .taskCancelled { return }
        throw lost(
            PostgresError(
                reason == .taskCancelled ? .cancelled : .timedOut,
                "the server did not react to the cancel request in time"))
    }
}
