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

    /// The built-in type whose values have the same bytes: `int4` for a domain over it, `int4[]` for an array of such a
    /// domain, `int4range` for a range over `int4` or such a domain; nil if there is none, or nothing is known.
    public func builtInType(like type: PostgresOID) -> PostgresOID? {
        builtInType(like: type, depth: 0)
    }

    private func builtInType(like type: PostgresOID, depth: Int) -> PostgresOID? {
        let base = baseType(of: type)
        guard base.isUserDefined else { return base }
        // No built-in type is deeper: an array of multiranges of ranges of bounds.
        guard depth < 4 else { return nil }
        switch entries[base]?.kind {
        case .array(let element): return builtInType(like: element, depth: depth + 1)?.arrayType
        case .range(let bound):
            guard let bound = builtInType(like: bound, depth: depth + 1) else { return nil }
            return PostgresOID.builtInRanges.first { $0.rangeBoundType == bound }
        case .multirange(let range):
            guard let range = builtInType(like: range, depth: depth + 1) else { return nil }
            return PostgresOID.builtInMultiranges.first { $0.multirangeElementType == range }
        default: return nil
        }
    }
}
