/// `int8`: eight bytes. Reads every integer type whose value fits.
extension Int64: PostgresFixedInteger {
    @inlinable public static var postgresType: PostgresOID { .int8 }
}
