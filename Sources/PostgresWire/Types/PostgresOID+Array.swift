/// Arrays of `oid`.
extension PostgresOID: PostgresArrayEncodable, PostgresArrayDecodable {
    public static var arrayType: PostgresOID { .oidArray }
}
