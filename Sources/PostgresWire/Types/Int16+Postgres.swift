/// `int2`: two bytes. Reads every integer type whose value fits.
extension Int16: PostgresFixedInteger {
    @inlinable public static var postgresType: PostgresOID { .int2 }
}
