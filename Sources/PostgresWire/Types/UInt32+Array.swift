/// Arrays of `oid`.
extension UInt32: PostgresArrayEncodable, PostgresArrayDecodable {
    public static var arrayType: PostgresOID { .oidArray }
}
