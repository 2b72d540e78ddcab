/// A Swift type that stands for a type of the user's own, by name.
///
/// Without this, values of an enum or a composite type go without a declared type and the server infers it from where
/// they stand. With it their type is declared, so that they mean the same wherever they stand (`SELECT \(mood)`, an
/// argument of an overloaded function). The name is looked up once for a database, when the first such value is sent.
///
/// ```swift
/// // CREATE TYPE app.mood AS ENUM ('happy', 'sad');
/// enum Mood: String, PostgresEnum, PostgresNamedType {
///     case happy, sad
///     static var postgresTypeName: Identifier { Identifier("app", "mood") }
/// }
/// ```
///
/// Arrays of such values are declared as well. Serves enums, composite types, domains (over the Swift type of what they
/// are made of) and ranges, as long as they are sent as text.
public protocol PostgresNamedType: PostgresEncodable {
    /// The type's name; without a schema it is looked for along the session's `search_path`.
    static var postgresTypeName: Identifier { get }
}

extension PostgresNamedType {
    public var postgresTypeName: Identifier? { Self.postgresTypeName }
}

extension PostgresNamedType where Self: PostgresArrayEncodable {
    /// The name that the server gave the type's array type when the type was made: `_mood` beside `mood`.
    ///
    /// Source: PostgreSQL manual, "CREATE TYPE", "Array Types".
    public static var arrayTypeName: Identifier? {
        let name = postgresTypeName
        return name.schema.map { Identifier($0, "_" + name.name) } ?? Identifier("_" + name.name)
    }
}
