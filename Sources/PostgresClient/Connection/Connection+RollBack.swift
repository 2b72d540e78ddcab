extension Connection {
    /// How long a rollback may take; one that takes longer ends the session, and with it the transaction.
    private static let rollBackLimit = Duration.seconds(5)

    /// Brings the session out of the transaction it is in, or closes it; the calling thread waits for that.
    package func rollBackBlocking() {
        // A stream that was dropped is ended first.
        _ = try? useBlocking(endsTransaction: true)
        guard let core = unsettledCore else {
            // A stream holds it up: better no connection than one in a transaction that nobody knows of.
            if isUsable, transactionStatus != .idle { close() }
            return
        }
        var rollback = SimpleQueryOperation(core, "ROLLBACK", until: Deadline.after(Connection.rollBackLimit))
        do throws(PostgresError) { _ = try core.runBlocking(&rollback, isShielded: true) } catch { core.close() }
    }

    /// Brings the session out of the transaction it is in, or closes it; the calling task waits for that, cancelled or
    /// not: a cancelled task, too, must not leave its transaction open.
    package func rollBackAsync() async {
        // A stream that was dropped is ended first.
        _ = try? await useAsync(endsTransaction: true)
        guard let core = unsettledCore else {
            // A stream holds it up: better no connection than one in a transaction that nobody knows of.
            if isUsable, transactionStatus != .idle { close() }
            return
        }
        var rollback = SimpleQueryOperation(core, "ROLLBACK", until: Deadline.after(Connection.rollBackLimit))
        do throws(PostgresError) { _ = try await core.runAsync(&rollback, isShielded: true) } catch { core.close() }
    }
}
