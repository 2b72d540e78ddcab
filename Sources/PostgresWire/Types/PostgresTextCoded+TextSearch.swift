// Types whose text has no reading of its own: it is read as the server's text would be.

extension PostgresArrayEncodable where Self: PostgresDecodable {
    /// The value of this text; nil for text that is none.
    static func read(text: String) -> Self? {
        WireReader.read(Array(text.utf8)) { reader in
            guard let value = try? Self(from: &reader, type: arrayElementType, format: .text), reader.remaining == 0
            else { return nil }
            return value
        }
    }
}

extension PostgresTSVector: PostgresTextCoded {
    /// Reads the vector as the server prints it; nil for text that is none.
    public init?(_ description: String) {
        guard let value = Self.read(text: description) else { return nil }
        self = value
    }
}

extension PostgresTSQuery: PostgresTextCoded {
    /// Reads the query as the server prints it; nil for text that is none.
    public init?(_ description: String) {
        guard let value = Self.read(text: description) else { return nil }
        self = value
    }
}
