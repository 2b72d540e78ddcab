/// The number of a transaction, as PostgreSQL's `xid8` holds it: 64 bits that never wrap around.
///
/// ```swift
/// let id = PostgresFullTransactionID(4_294_968_038)
/// ```
///
/// Source: PostgreSQL manual, "Object Identifier Types"; `src/backend/utils/adt/xid.c` (`xid8send`).
public struct PostgresFullTransactionID: Hashable, Sendable {
    /// The number; its lower half is the `xid`.
    public let number: UInt64

    public init(_ number: UInt64) {
        self.number = number
    }
}

extension PostgresFullTransactionID: Comparable {
    public static func < (left: PostgresFullTransactionID, right: PostgresFullTransactionID) -> Bool {
        left.number < right.number
    }
}

extension PostgresTransactionID {
    /// The lower half of the number, as the server converts it.
    public init(truncating id: PostgresFullTransactionID) {
        self.init(UInt32(truncatingIfNeeded: id.number))
    }
}

extension PostgresFullTransactionID: PostgresSystemNumber {
    public static var postgresType: PostgresOID { .xid8 }
}
