/// The number, as a single one.
extension PostgresOID: Codable {}
