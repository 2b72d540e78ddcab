extension PostgresTypeCatalog {
    /// What is known of a type.
    public struct Entry: Hashable, Sendable {
        /// The schema that the type is in.
        public var schema: String
        /// The type's name, without quotes.
        public var name: String
        /// What values of the type are made of.
        public var kind: Kind

        public init(schema: String, name: String, kind: Kind) {
            self.schema = schema
            self.name = name
            self.kind = kind
        }
    }

    /// What values of a type are made of.
    public enum Kind: Hashable, Sendable {
        /// Nothing else: the type has functions of its own. Those of the extensions hstore, citext, ltree, cube,
        /// pgvector and PostGIS are known by name.
        case base
        /// Labels.
        case enumeration
        /// The values of another type, or some of them.
        case domain(of: PostgresOID)
        /// Bounds of another type.
        case range(of: PostgresOID)
        /// Ranges of this type.
        case multirange(of: PostgresOID)
        /// Fields.
        case composite([Field])
        /// Elements of another type.
        case array(of: PostgresOID)
    }

    /// A column of a composite type.
    public struct Field: Hashable, Sendable {
        /// The column's name, without quotes.
        public var name: String
        /// The column's type.
        public var type: PostgresOID

        public init(name: String, type: PostgresOID) {
            self.name = name
            self.type = type
        }
    }
}
