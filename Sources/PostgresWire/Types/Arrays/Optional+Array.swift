/// Arrays with NULLs among their elements.
extension Optional: PostgresArrayEncodable where Wrapped: PostgresArrayEncodable {
    public static var arrayType: PostgresOID {
        // By the element first: an array of `UInt8` is a `bytea`, one of `UInt8?` can only be a `"char"[]`.
        Wrapped.arrayElementType.arrayType ?? Wrapped.arrayType
    }

    public static var arrayElementType: PostgresOID { Wrapped.arrayElementType }
    public static var arrayFormat: PostgresFormat { Wrapped.arrayFormat }
}

extension Optional: PostgresArrayDecodable where Wrapped: PostgresArrayDecodable {}
