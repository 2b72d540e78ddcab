/// A Swift type whose values can be sent as a statement's parameter.
///
/// Encoding does not throw: what cannot be sent is recorded in the writer (see ``WireWriter/failure``) and reported
/// before anything reaches the server.
///
/// ```swift
/// struct UserID: PostgresEncodable {
///     var value: Int64
///     var postgresType: PostgresOID { .int8 }
///     var postgresFormat: PostgresFormat { .binary }
///     func encode(into writer: inout WireWriter) { value.encode(into: &writer) }
/// }
/// ```
public protocol PostgresEncodable: Sendable {
    /// The type declared for the parameter, ``PostgresOID/unspecified`` to let the server infer it.
    var postgresType: PostgresOID { get }

    /// The type to declare where the server cannot infer one: ``postgresType`` unless that is unspecified.
    ///
    /// For CockroachDB, which rejects some statements with parameters of no declared type that PostgreSQL accepts.
    var postgresFallbackType: PostgresOID { get }

    /// The name of the type to declare where ``postgresType`` is unspecified, to be looked up in the database; nil to let
    /// the server infer the type. See ``PostgresNamedType``.
    var postgresTypeName: Identifier? { get }

    /// The format in which ``encode(into:)`` writes.
    var postgresFormat: PostgresFormat { get }

    /// Writes the value alone, without its length.
    func encode(into writer: inout WireWriter)

    /// Whether the value is SQL's NULL; nothing is encoded then.
    var isNull: Bool { get }
}

extension PostgresEncodable {
    public var postgresFallbackType: PostgresOID {
        let type = postgresType
        return type == .unspecified ? .text : type
    }

    public var postgresTypeName: Identifier? { nil }

    public var isNull: Bool { false }
}
