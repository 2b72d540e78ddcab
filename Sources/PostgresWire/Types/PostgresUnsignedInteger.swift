/// An integer type of which half the values are beyond every integer type of PostgreSQL's.
///
/// Sent as `int8` where it fits, which an index of an integer column serves, and as `numeric` where it does not; an array
/// is an `int8[]`. Read from any integer that fits.
public protocol PostgresUnsignedInteger: FixedWidthInteger, UnsignedInteger, PostgresArrayEncodable,
    PostgresArrayDecodable
{}

extension PostgresUnsignedInteger {
    public static var arrayType: PostgresOID { .int8Array }
    public var postgresType: PostgresOID { Int64(exactly: self) == nil ? .numeric : .int8 }
    public var postgresFormat: PostgresFormat { .binary }

    /// Writes the number as ``postgresType``; among the elements of an array, which are all `int8`, one that does not fit
    /// is ``WireError/outOfRange``.
    public func encode(into writer: inout WireWriter) {
        if let number = Int64(exactly: self) { return writer.write(number) }
        PostgresNumeric(UInt64(self)).encode(into: &writer)
    }

    public static func encodeElements(_ elements: [Self], into writer: inout WireWriter) {
        for element in elements {
            guard let number = Int64(exactly: element) else { return writer.fail(.outOfRange) }
            writer.lengthPrefixed { $0.write(number) }
        }
    }

    public static func canDecode(_ type: PostgresOID, format: PostgresFormat) -> Bool {
        PostgresInteger.canDecode(type)
    }

    public init(from reader: inout WireReader, type: PostgresOID, format: PostgresFormat) throws(WireError) {
        self = try PostgresInteger.decode(Self.self, from: &reader, type: type, format: format)
    }
}

extension UInt: PostgresUnsignedInteger {}
extension UInt64: PostgresUnsignedInteger {}
