/// Arrays with NULLs among their elements.
extension Optional: PostgresArrayEncodable where Wrapped: PostgresArrayEncodable {
    public static var arrayType: PostgresOID {
        // By the element first: an array of `UInt8` is a `bytea`, one of `UInt8?` can only be a `"char"[]`.
        Wrapped.arrayElementType.arrayType ?? Wrapped.arrayType
    }

    public static var arrayTypeName: Identifier? { Wrapped.arrayTypeName }

    public static var arrayFallbackType: PostgresOID {
        let type = arrayType
        return type == .unspecified ? Wrapped.arrayFallbackType : type
    }

    public static var arrayElementType: PostgresOID { Wrapped.arrayElementType }
    public static var arrayFormat: PostgresFormat { Wrapped.arrayFormat }

    public static func arrayFormat(of elements: [Wrapped?]) -> PostgresFormat {
        // Only a type that has binary values at all is asked about each of them.
        Wrapped.arrayFormat == .binary && elements.contains { !$0.isNull && $0.postgresFormat == .text }
            ? .text : Wrapped.arrayFormat
    }
}

extension Optional: PostgresArrayDecodable where Wrapped: PostgresArrayDecodable {}
