/// What can begin transactions: a ``Database``, a `Connection`, and these with a limit of time.
public protocol TransactionProvider: ConnectionProvider {}

extension Database: TransactionProvider {}
extension Connection: TransactionProvider {}
extension TimeLimited: TransactionProvider where Base: TransactionProvider {}
