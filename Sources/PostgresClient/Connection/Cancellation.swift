/// Asks the server to cancel what a connection is running, over a connection of its own.
///
/// Belongs to the operation that is being cancelled: its steps come first until the request is delivered, then the
/// operation reads on to the statement's end, all within a grace period. Only just before the request is sent the
/// operation looks once whether the statement has ended meanwhile.
struct Cancellation {
    /// How long the request and what it causes may take together before the connection is given up.
    static let grace = Duration.seconds(5)

    let reason: Interruption
    let deadline: Deadline
    private var request: CancelOperation?
    private var hasLooked = false
    private(set) var progress = CancelOperation.Progress.unsent

    init(_ core: ConnectionCore, _ reason: Interruption) {
        self.reason = reason
        deadline = Deadline(after: Cancellation.grace)
        request = CancelOperation(core, deadline: deadline)
    }

    /// Goes on with the request; nil once it is delivered or has failed, and once before it is sent.
    mutating func step() -> Wait? {
        guard let isConnected = request?.isConnected else { return nil }
        if isConnected, !hasLooked {
            hasLooked = true
            return nil
        }
        defer { if let request { progress = request.progress } }
        do throws(PostgresError) {
            if case .wait(let wait)? = try request?.step() { return wait }
        } catch {
            // Then the statement ends by itself, or the grace period does.
        }
        progress = request?.progress ?? progress
        request = nil
        return nil
    }
}
