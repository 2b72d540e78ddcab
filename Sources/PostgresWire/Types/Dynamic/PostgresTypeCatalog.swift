/// What the types of one database are, so that values of types that users made can be read.
///
/// ```swift
/// var catalog = PostgresTypeCatalog()
/// let mood = PostgresOID(rawValue: 16_400)
/// catalog[mood] = .init(schema: "public", name: "mood", kind: .enumeration)
/// ```
///
/// Source: PostgreSQL manual, "pg_type", "pg_range", "pg_attribute".
public struct PostgresTypeCatalog: Hashable, Sendable {
    private var entries: [PostgresOID: Entry] = [:]

    public init() {}

    /// What is known of a type; nil for one that is not.
    public subscript(type: PostgresOID) -> Entry? {
        get { entries[type] }
        set { entries[type] = newValue }
    }

    /// The numbers of the types that are known.
    public var types: some Collection<PostgresOID> { entries.keys }

    /// The type that a domain, or a domain over domains, is made of; a type that is none is its own.
    public func baseType(of type: PostgresOID) -> PostgresOID {
        var type = type
        // What a server says may go in circles.
        for _ in 0..<64 {
            guard case .domain(let base)? = entries[type]?.kind else { return type }
            type = base
        }
        return type
    }
}
