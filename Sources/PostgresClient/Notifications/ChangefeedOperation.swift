/// Follows tables: connects, begins the changefeed, and receives what it tells. Runs until there is something to tell,
/// or the caller's time is over, and is then run again.
///
/// A changefeed has no end that could be waited for, so nothing is ever read away: whatever ends the operation closes
/// its connection.
struct ChangefeedOperation: Operation {
    private enum Phase {
        case connecting(ConnectOperation)
        case running(ConnectionCore)
        case ended
    }

    private let statement: RenderedSQL
    private let isClosed: @Sendable () -> Bool
    private let host: String
    private var phase: Phase
    private var execution: StatementOperation<RowCollector>?
    private var isAtEnd = false
    private var rows: Rows?
    private var position = 0
    /// What ended the changefeed, to be thrown after what came before it.
    private var failure: PostgresError?

    private var limit: Deadline?
    private var isLate = false

    /// - Parameters:
    ///   - isClosed: Whether an interruption means the end and not that the task was cancelled.
    init(
        _ configuration: ConnectionConfiguration, _ statement: RenderedSQL, isClosed: @escaping @Sendable () -> Bool
    ) throws(PostgresError) {
        self.statement = statement
        self.isClosed = isClosed
        host = configuration.displayHost
        phase = .connecting(try ConnectOperation(configuration))
    }

    /// A call begins.
    mutating func begin(until limit: Deadline?) {
        self.limit = limit
        isLate = false
    }

    /// Whether nothing more will come.
    var hasEnded: Bool {
        guard case .ended = phase else { return false }
        return rows == nil
    }

    /// Closes; nothing more will come, not even what was received.
    mutating func close() {
        switch phase {
        case .running(let core): core.close()
        case .connecting(var operation): try? operation.interrupt(.taskCancelled)
        case .ended: break
        }
        phase = .ended
        execution = nil
        rows = nil
        failure = nil
    }

    mutating func step() throws(PostgresError) -> Step<ChangefeedEvent?> {
        do throws(PostgresError) {
            return try advance()
        } catch {
            close()
            throw error.with(statement: statement.text)
        }
    }

    private mutating func advance() throws(PostgresError) -> Step<ChangefeedEvent?> {
        while true {
            if let event = try takeEvent() { return .done(event) }
            if let failure { throw failure }
            switch phase {
            case .ended:
                return .done(nil)
            case .connecting(var operation):
                if isLate { return .done(nil) }
                let step = try operation.step()
                phase = .connecting(operation)
                switch step {
                case .wait(let wait): return .wait(limited(wait))
                case .done(let core): try start(core)
                }
            case .running(let core):
                if isAtEnd {
                    close()
                    return .done(nil)
                }
                let step: Step<Bool>?
                do throws(PostgresError) {
                    step = try execution?.step()
                } catch {
                    failure = error
                    takeRows(core)
                    continue
                }
                switch step {
                case nil:
                    return .done(nil)
                case .wait(let wait):
                    if isLate { return .done(nil) }
                    return .wait(limited(wait))
                case .done(let isAtEnd):
                    self.isAtEnd = isAtEnd
                    takeRows(core)
                }
            }
        }
    }

    private mutating func takeRows(_ core: ConnectionCore) {
        rows = execution?.sink.finish(&core.link)
        position = 0
        execution?.sink.startNextBatch()
    }

    private func limited(_ wait: Wait) -> Wait {
        var wait = wait
        wait.deadline = .earlier(wait.deadline, limit)
        return wait
    }

    private mutating func start(_ core: ConnectionCore) throws(PostgresError) {
        guard core.session.isCockroachDB else {
            core.close()
            throw PostgresError(
                .unsupported,
                "changefeeds are CockroachDB's; on PostgreSQL have a trigger notify, and listen by db.notifications(…)"
            ).with(host: core.host).with(isSafeToRetry: true)
        }
        core.isBusy = true
        execution = StatementOperation(core, .sql(statement, isOwn: true), RowCollector(), returnsBatches: true)
        phase = .running(core)
    }

    // MARK: - Rows

    private mutating func takeEvent() throws(PostgresError) -> ChangefeedEvent? {
        guard let rows, position < rows.count else {
            rows = nil
            return nil
        }
        defer { position += 1 }
        return try Self.event(rows[position])
    }

    private static func event(_ row: Row) throws(PostgresError) -> ChangefeedEvent {
        guard row.count >= 3 else {
            throw PostgresError(.protocolViolation, "a changefeed has three columns, not \(row.count)")
        }
        let value = try bytes(row, 2)
        guard let table = try bytes(row, 0) else { return .resolved(moment(value ?? [])) }
        return .change(
            ChangefeedChange(
                table: String(decoding: table, as: UTF8.self), key: try bytes(row, 1) ?? [], value: value))
    }

    private static func bytes(_ row: Row, _ index: Int) throws(PostgresError) -> [UInt8]? {
        if row.columns.descriptions[index].typeOID == .bytea { return try row.decode(index, as: [UInt8]?.self) }
        return try row.decode(index, as: String?.self).map { Array($0.utf8) }
    }

    /// The moment that `{"resolved":"1700000000000000000.0000000000"}` names; the whole text if it is another.
    private static func moment(_ value: [UInt8]) -> String {
        let parts = value.split(separator: UInt8(ascii: "\""), omittingEmptySubsequences: false)
        guard parts.count == 5, parts[1].elementsEqual("resolved".utf8) else {
            return String(decoding: value, as: UTF8.self)
        }
        return String(decoding: parts[3], as: UTF8.self)
    }

    // MARK: - Early ends

    mutating func interrupt(_ reason: Interruption) throws(PostgresError) {
        switch reason {
        case .taskCancelled:
            let isEnd = isClosed()
            close()
            if isEnd { return }
            throw PostgresError(.cancelled, "the task was cancelled while it waited for a change").with(host: host)
        case .deadlinePassed:
            if let limit, limit.hasPassed { isLate = true }
            guard !isLate, case .connecting(var operation) = phase else { return }
            do throws(PostgresError) {
                try operation.interrupt(reason)
                phase = .connecting(operation)
            } catch {
                close()
                throw error
            }
        }
    }
}
