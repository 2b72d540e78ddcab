extension PostgresOID {
    /// The type of a built-in range type's bounds: `int4` for `int4range`; nil if it is no such type.
    public var rangeBoundType: PostgresOID? {
        switch self {
        case .int4range: .int4
        case .int8range: .int8
        case .numrange: .numeric
        case .daterange: .date
        case .tsrange: .timestamp
        case .tstzrange: .timestamptz
        default: nil
        }
    }

    /// The type of a built-in multirange type's ranges: `int4range` for `int4multirange`; nil if it is no such type.
    public var multirangeElementType: PostgresOID? {
        switch self {
        case .int4multirange: .int4range
        case .int8multirange: .int8range
        case .nummultirange: .numrange
        case .datemultirange: .daterange
        case .tsmultirange: .tsrange
        case .tstzmultirange: .tstzrange
        default: nil
        }
    }

    static let builtInRanges: [PostgresOID] = [.int4range, .int8range, .numrange, .daterange, .tsrange, .tstzrange]

    static let builtInMultiranges: [PostgresOID] = [
        .int4multirange, .int8multirange, .nummultirange, .datemultirange, .tsmultirange, .tstzmultirange,
    ]
}
