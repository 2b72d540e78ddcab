/// The number of a transaction, as PostgreSQL's `xid` holds it: 32 bits that wrap around, so that there is no order.
///
/// ```swift
/// let id = PostgresTransactionID(742)
/// ```
///
/// Source: PostgreSQL manual, "Object Identifier Types"; `src/backend/utils/adt/xid.c` (`xidsend`).
public struct PostgresTransactionID: Hashable, Sendable {
    /// The number.
    public let number: UInt32

    public init(_ number: UInt32) {
        self.number = number
    }
}

extension PostgresTransactionID: PostgresSystemNumber {
    public static var postgresType: PostgresOID { .xid }
}
