/// Written as the list of its elements, if it is one that begins at 1; any other with its dimensions,
/// `{"dimensions": [{"length": 2, "lowerBound": 0}], "elements": [5, 6]}`.
extension PostgresArray: Encodable where Element: Encodable {
    public func encode(to encoder: any Encoder) throws {
        if dimensions.count <= 1, dimensions.first?.lowerBound ?? 1 == 1 {
            var container = encoder.singleValueContainer()
            return try container.encode(elements)
        }
        var container = encoder.container(keyedBy: PostgresArrayKey.self)
        try container.encode(dimensions, forKey: .dimensions)
        try container.encode(elements, forKey: .elements)
    }
}

extension PostgresArray: Decodable where Element: Decodable {
    /// - Throws: `DecodingError` for dimensions that no array of the server has, or that are not those of the elements.
    public init(from decoder: any Decoder) throws {
        guard let container = try? decoder.container(keyedBy: PostgresArrayKey.self) else {
            self.init(try decoder.singleValueContainer().decode([Element].self))
            return
        }
        let dimensions = try container.decode([ArrayDimension].self, forKey: .dimensions)
        let elements = try container.decode([Element].self, forKey: .elements)
        guard let array = PostgresArray(elements, dimensions: dimensions) else {
            throw DecodingError.dataCorruptedError(
                forKey: .dimensions, in: container, debugDescription: "these are no dimensions of the elements")
        }
        self = array
    }
}

private enum PostgresArrayKey: String, CodingKey {
    case dimensions, elements
}
