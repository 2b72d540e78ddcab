extension PostgresOID: CustomStringConvertible {
    /// The built-in type's name, `int4` or `int4[]`; otherwise the number, `oid 123456`.
    public var description: String {
        guard let name else { return "oid \(rawValue)" }
        return name.utf8.first == UInt8(ascii: "_") ? name.dropFirst() + "[]" : name
    }

    /// Whether the type was made after the server's own: an enum, a composite type, an extension's type.
    ///
    /// PostgreSQL gives such types numbers from 16384, CockroachDB from 90000.
    ///
    /// Source: PostgreSQL manual, "OID Assignment"; PostgreSQL, `access/transam.h` (`FirstNormalObjectId`).
    public var isUserDefined: Bool { rawValue >= 16384 }

    /// Whether the type is one of the server's own that every database has, by a name that is known here.
    public var isBuiltIn: Bool { name != nil }

    /// Whether the type is that of the rows of `pg_type`, `pg_attribute`, `pg_proc` or `pg_class`.
    public var isRowOfCatalog: Bool { rawValue == 71 || rawValue == 75 || rawValue == 81 || rawValue == 83 }
}
