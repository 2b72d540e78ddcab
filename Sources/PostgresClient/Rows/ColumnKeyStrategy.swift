/// How the names of a `Decodable` type's properties are found among the names of columns.
///
/// ```swift
/// struct User: Decodable { var id: Int64; var createdAt: PostgresTimestamp }
/// let users = try db.query("SELECT id, created_at FROM users", as: User.self, keys: .convertFromSnakeCase)
/// ```
public enum ColumnKeyStrategy: Hashable, Sendable {
    /// A property is the column of the same name, byte by byte.
    case exact

    /// A property `createdAt` is the column `created_at`; a column of exactly the property's name serves as well.
    ///
    /// An underscore between letters or digits makes the letter after it a capital; underscores at both ends stay.
    case convertFromSnakeCase

    /// The names under which a column is found.
    func key(for column: String) -> String {
        switch self {
        case .exact: column
        case .convertFromSnakeCase: ColumnKeyStrategy.camelCase(column)
        }
    }

    private static func camelCase(_ name: String) -> String {
        let underscore = UInt8(ascii: "_")
        let bytes = Array(name.utf8)
        guard let first = bytes.firstIndex(where: { $0 != underscore }),
            let last = bytes.lastIndex(where: { $0 != underscore }), bytes[first...last].contains(underscore)
        else { return name }
        var result = Array(bytes[..<first])
        var raisesNext = false
        for byte in bytes[first...last] {
            if byte == underscore {
                raisesNext = true
            } else {
                let isSmall = (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
                result.append(raisesNext && isSmall ? byte & ~0x20 : byte)
                raisesNext = false
            }
        }
        return String(decoding: result + bytes[(last + 1)...], as: UTF8.self)
    }
}
