/// Arrays of `bool`.
extension Bool: PostgresArrayEncodable, PostgresArrayDecodable {
    public static var arrayType: PostgresOID { .boolArray }
}
