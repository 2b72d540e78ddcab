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
}
