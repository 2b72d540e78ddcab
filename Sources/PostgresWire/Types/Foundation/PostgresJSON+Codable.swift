#if canImport(FoundationEssentials)
    internal import FoundationEssentials
#else
    internal import Foundation
#endif

extension PostgresJSON {
    /// Writes a value as a document, in the ways of Foundation's `JSONEncoder`, keys in order.
    ///
    /// ```swift
    /// struct Settings: Codable { var theme: String }
    /// let settings = try PostgresJSON(encoding: Settings(theme: "dark"))
    /// ```
    ///
    /// - Throws: `EncodingError` if the value cannot be written as JSON.
    public init(encoding value: some Encodable) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        self.init(String(decoding: try encoder.encode(value), as: UTF8.self))
    }

    /// Reads the document as a value, in the ways of Foundation's `JSONDecoder`.
    ///
    /// - Throws: `DecodingError` if the document is not one of these.
    public func decode<Value: Decodable>(_ type: Value.Type = Value.self) throws -> Value {
        try JSONDecoder().decode(type, from: Data(text.utf8))
    }
}
