import Manticore

extension JSON {
    /// An error: its kind, the SQLSTATE, the message, the server that it happened with.
    static func error(_ error: PostgresError) -> JSON {
        .object([
            "code": .string(error.code.description),
            "sqlstate": .optional(error.sqlState?.rawValue),
            "message": .string(MaskedText.mask(error.message)),
            "host": .optional(error.host),
        ])
    }
}
