/// NULL for nil, sent without a declared type so that the server infers it.
extension Optional: PostgresEncodable where Wrapped: PostgresEncodable {
    public var postgresType: PostgresOID {
        switch self {
        case .some(let value): value.postgresType
        case .none: .unspecified
        }
    }

    public var postgresFallbackType: PostgresOID {
        switch self {
        case .some(let value): value.postgresFallbackType
        case .none: .text
        }
    }

    public var postgresTypeName: Identifier? { self?.postgresTypeName }

    public var postgresFormat: PostgresFormat {
        switch self {
        case .some(let value): value.postgresFormat
        case .none: .text
        }
    }

    public func encode(into writer: inout WireWriter) {
        self?.encode(into: &writer)
    }

    public var isNull: Bool {
        switch self {
        case .some(let value): value.isNull
        case .none: true
        }
    }
}
