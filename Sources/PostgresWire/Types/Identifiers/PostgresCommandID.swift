/// The number of a command within its transaction, as PostgreSQL's `cid` holds it.
///
/// ```swift
/// let id = PostgresCommandID(3)
/// ```
///
/// Source: PostgreSQL manual, "Object Identifier Types"; `src/backend/utils/adt/xid.c` (`cidsend`).
public struct PostgresCommandID: Hashable, Sendable {
    /// The number.
    public let number: UInt32

    public init(_ number: UInt32) {
        self.number = number
    }
}

extension PostgresCommandID: PostgresSystemNumber {
    public static var postgresType: PostgresOID { .cid }
}
