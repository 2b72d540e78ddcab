/// `int4`: four bytes. Reads every integer type whose value fits.
extension Int32: PostgresFixedInteger {
    @inlinable public static var postgresType: PostgresOID { .int4 }
}
