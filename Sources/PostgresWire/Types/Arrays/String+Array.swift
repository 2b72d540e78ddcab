/// Arrays of text, sent like a single `String`: as text without a declared type, so that the server infers `uuid[]`,
/// `text[]` or an array of enums.
extension String: PostgresArrayEncodable, PostgresArrayDecodable {
    public static var arrayType: PostgresOID { .unspecified }
    public static var arrayFormat: PostgresFormat { .text }
}
