/// What a statement does to the transaction it runs in.
public enum SQLTransactionControl: Hashable, Sendable {
    /// `BEGIN`
    case begin
    /// `START TRANSACTION`
    case startTransaction
    /// `COMMIT`
    case commit
    /// `END`
    case end
    /// `ROLLBACK`
    case rollback
    /// `ABORT`
    case abort
    /// `SAVEPOINT`
    case savepoint
    /// `RELEASE [SAVEPOINT]`
    case release
    /// `ROLLBACK TO [SAVEPOINT]`
    case rollbackTo
    /// `PREPARE TRANSACTION`
    case prepareTransaction
    /// `COMMIT PREPARED`
    case commitPrepared
    /// `ROLLBACK PREPARED`
    case rollbackPrepared
}
