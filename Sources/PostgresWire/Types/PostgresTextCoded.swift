/// A type that other encoders, as that of JSON, write as its text.
///
/// Rows are read by ``PostgresDecodable``; being `Decodable` as well, such a type can stand in a `Decodable` structure.
public protocol PostgresTextCoded: LosslessStringConvertible, Codable {}

extension PostgresTextCoded {
    /// Reads a single string.
    ///
    /// - Throws: `DecodingError` for a text that is no such value.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let value = Self(text) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "\"\(text)\" is no \(Self.self)")
        }
        self = value
    }

    /// Writes a single string.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}

extension PostgresUUID: PostgresTextCoded {}
extension PostgresNumeric: PostgresTextCoded {}
