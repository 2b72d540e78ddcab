/// A PostgreSQL object identifier, here mostly that of a data type.
///
/// The built-in types' constants (``int4``, ``textArray`` …) are in the generated `PostgresOID+BuiltIn.swift`.
///
/// ```swift
/// let type = PostgresOID.int8
/// print(type, type.rawValue)  // int8 20
/// ```
@frozen
public struct PostgresOID: RawRepresentable, Hashable, Sendable {
    /// The number. CockroachDB uses all 32 bits of it.
    public let rawValue: UInt32

    @inlinable
    public init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    /// No type named: the server infers it.
    @inlinable public static var unspecified: PostgresOID { PostgresOID(rawValue: 0) }
}
