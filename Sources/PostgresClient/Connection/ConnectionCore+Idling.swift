extension ConnectionCore {
    /// The most that a server may have said while nobody asked, in bytes and in messages.
    private static let mostBytesWhileIdling = 64 * 1024
    private static let mostMessagesWhileIdling = 1024

    /// Reads what came together with the last answer but behind its end: it is no answer to what is asked next.
    ///
    /// - Throws: What the server says if it has ended the session; ``PostgresError/Code-swift.struct/protocolViolation`` for
    ///   anything but settings, notices and notifications. The connection is closed then.
    func readWhatIsLeft() throws(PostgresError) {
        guard link.start != link.end, session.isIdle, !isAbandoned else { return }
        replies.forgetServerError()
        var sink = DiscardSink()
        do throws(PostgresError) {
            while try replies.read(self, &link, &session, &sink) == .idle {}
        } catch {
            throw fail(error)
        }
        guard let error = takeError(statement: nil) else { return }
        throw isUsable
            ? fail(PostgresError(.protocolViolation, "the server sent an error about nothing: \(error.message)"))
            : error
    }

    /// Reads what the server has said while nobody asked.
    ///
    /// Settings that changed, notices and notifications may come at any time and do no harm. An error ends the session,
    /// as does the socket's end.
    ///
    /// - Returns: Whether the connection can go on to be used.
    func survivedIdling() -> Bool {
        guard isUsable else { return false }
        // The usual case, and a system call less.
        guard hasUnexpectedInput else { return true }
        var sink = DiscardSink()
        var bytes = link.end - link.start
        var messages = 0
        do throws(PostgresError) {
            while true {
                while try replies.read(self, &link, &session, &sink) == .idle {
                    messages += 1
                    guard !hasServerError, messages <= Self.mostMessagesWhileIdling else { return false }
                }
                let before = link.end - link.start
                switch try link.receive(&sink) {
                case .bytes:
                    bytes += link.end - link.start - before
                    guard bytes <= Self.mostBytesWhileIdling else { return false }
                case .wouldBlock:
                    // Half a message may be one that does harm.
                    return link.start == link.end
                case .end:
                    return false
                }
            }
        } catch {
            return false
        }
    }
}
