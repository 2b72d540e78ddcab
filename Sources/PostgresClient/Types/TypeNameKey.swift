/// A type's name as it was asked for, by its bytes; with the path along which it is looked for if it has no schema.
struct TypeNameKey: Hashable {
    private let bytes: [UInt8]
    /// Whether it is looked for along the `search_path`.
    let isRelative: Bool

    /// - Parameter searchPath: The session's `search_path`; nil where the server does not report it.
    init(_ name: Identifier, searchPath: String?) {
        isRelative = name.schema == nil
        // Names and paths hold no NUL, and no schema's name is empty.
        if let schema = name.schema {
            bytes = Array(schema.utf8) + [0] + Array(name.name.utf8)
        } else {
            bytes = [0] + Array((searchPath ?? "").utf8) + [0] + Array(name.name.utf8)
        }
    }
}
