/// A type that ranges of PostgreSQL can have as bounds.
///
/// A range type of one's own, whose number differs from database to database, is ``PostgresOID/unspecified``: such
/// ranges are sent as text, and the server infers their type.
///
/// ```swift
/// // CREATE TYPE floatrange AS RANGE (subtype = float8);
/// extension Double: PostgresRangeBound {
///     public static var rangeType: PostgresOID { .unspecified }
///     public static var multirangeType: PostgresOID { .unspecified }
///     public static var boundType: PostgresOID { .float8 }
/// }
/// ```
///
/// Source: PostgreSQL manual, "Range Types".
public protocol PostgresRangeBound: PostgresEncodable, PostgresDecodable, Comparable, Hashable {
    /// The type declared for a range of these.
    static var rangeType: PostgresOID { get }

    /// The type declared for a multirange of these.
    static var multirangeType: PostgresOID { get }

    /// The type of the bounds themselves.
    static var boundType: PostgresOID { get }
}

extension PostgresRangeBound {
    public static var boundType: PostgresOID { rangeType.rangeBoundType ?? .unspecified }

    /// The type that bounds of a range type are read as; nil if they cannot be read as `Self`.
    static func boundType(of type: PostgresOID, format: PostgresFormat) -> PostgresOID? {
        let bound = type.rangeBoundType ?? (type.isUserDefined ? boundType : nil)
        guard let bound, canDecode(bound, format: format) else { return nil }
        return bound
    }

    /// As ``boundType(of:format:)``, of a multirange type.
    static func boundType(ofMultirange type: PostgresOID, format: PostgresFormat) -> PostgresOID? {
        guard let range = type.multirangeElementType ?? (type.isUserDefined ? type : nil) else { return nil }
        return boundType(of: range, format: format)
    }
}

extension Int32: PostgresRangeBound {
    public static var rangeType: PostgresOID { .int4range }
    public static var multirangeType: PostgresOID { .int4multirange }
}

extension Int64: PostgresRangeBound {
    public static var rangeType: PostgresOID { .int8range }
    public static var multirangeType: PostgresOID { .int8multirange }
}

extension Int: PostgresRangeBound {
    public static var rangeType: PostgresOID { .int8range }
    public static var multirangeType: PostgresOID { .int8multirange }
}

extension PostgresNumeric: PostgresRangeBound {
    public static var rangeType: PostgresOID { .numrange }
    public static var multirangeType: PostgresOID { .nummultirange }
}

extension PostgresDate: PostgresRangeBound {
    public static var rangeType: PostgresOID { .daterange }
    public static var multirangeType: PostgresOID { .datemultirange }
}

extension PostgresTimestamp: PostgresRangeBound {
    public static var rangeType: PostgresOID { .tsrange }
    public static var multirangeType: PostgresOID { .tsmultirange }
}

extension PostgresTimestampWithTimeZone: PostgresRangeBound {
    public static var rangeType: PostgresOID { .tstzrange }
    public static var multirangeType: PostgresOID { .tstzmultirange }
}
