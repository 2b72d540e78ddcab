/// Arrays of `bytea`.
extension Array: PostgresArrayEncodable where Element == UInt8 {
    public static var arrayType: PostgresOID { .byteaArray }
}

extension Array: PostgresArrayDecodable where Element == UInt8 {}
