/// Asks the server to cancel what a connection is running, over a connection of its own.
///
/// Belongs to the operation that is being cancelled: its steps come first until the request is delivered, then the
/// operation reads on to the statement's end, all within a grace period. Only just before the request is sent the
/// operation looks once whether the statement has ended meanwhile.
///
/// An object, for hardly any statement is cancelled: the others carry a reference that is nil.
final class Cancellation {
    /// How long the request and what it causes may take together before the connection is given up.
    static let grace = Duration.seconds(5)

    /// After how long a request that changed nothing is repeated: one that comes before the server has begun to run the
    /// statement, which takes a while on a busy machine, is lost.
    static let patience = Duration.seconds(1)

    let reason: Interruption
    /// When the connection is given up.
    let deadline: Deadline
    private var request: CancelOperation?
    private var hasLooked = false
    private(set) var progress = CancelOperation.Progress.unsent
    /// How many requests there were. Of several, the one that ended the statement need not be the last to arrive.
    private(set) var requests = 1
    private var repetition: Deadline?

    init(_ core: ConnectionCore, _ reason: Interruption) {
        self.reason = reason
        deadline = Deadline(after: Cancellation.grace)
        request = CancelOperation(core, deadline: deadline)
    }

    /// Until when to wait before something has to be done.
    var nextLook: Deadline { repetition ?? deadline }

    /// Asks once more if it is time to.
    func renew(_ core: ConnectionCore) {
        guard let due = repetition, due.hasPassed, progress == .delivered else { return }
        repetition = nil
        request = CancelOperation(core, deadline: deadline)
        hasLooked = false
        requests += 1
    }

    private func note(_ latest: CancelOperation.Progress) {
        // What was delivered before remains so.
        if latest != .unsent || requests == 1 { progress = latest }
    }

    /// Goes on with the request; nil once it is delivered or has failed, and once before it is sent.
    func step() -> Wait? {
        guard let isConnected = request?.isConnected else { return nil }
        if isConnected, !hasLooked {
            hasLooked = true
            return nil
        }
        defer { if let request { note(request.progress) } }
        do throws(PostgresError) {
            if case .wait(let wait)? = try request?.step() { return wait }
        } catch {
            // Then the statement ends by itself, or the grace period does.
        }
        if let request { note(request.progress) }
        request = nil
        let due = Deadline(after: Cancellation.patience)
        if progress == .delivered, due < deadline { repetition = due }
        return nil
    }
}
