/// A keyword of a connection string, as libpq 18 knows it, and what this package does with it.
///
/// The registry ``all`` is what parsing goes from: a keyword that is not in it is an error, and so is a value that
/// asks for something which is not supported. A value that asks for nothing passes.
///
/// ```swift
/// for keyword in ConnectionKeyword.all {
///     print(keyword.name, keyword.environmentVariable ?? "-", keyword.meaning)
/// }
/// ```
///
/// Source: PostgreSQL manual, "Parameter Key Words" and "Environment Variables".
public struct ConnectionKeyword: Hashable, Sendable, CustomStringConvertible {
    /// How far a keyword is supported.
    public enum Support: Hashable, Sendable {
        /// It has libpq's meaning; what cannot be read as such is an error.
        case supported
        /// Only these values pass; `reason` says why others do not.
        case values([String], reason: String)
        /// Giving it is an error; `reason` says why.
        case unsupported(reason: String)
    }

    /// The keyword.
    public let name: String
    /// The environment variable that gives it where nothing stronger does.
    public let environmentVariable: String?
    /// The value where nobody gives one; `nil` where there is none or it depends on others.
    public let defaultValue: String?
    /// What it says, in a line.
    public let meaning: String
    /// How far it is supported.
    public let support: Support
    /// Whether its value is never shown.
    public let isSecret: Bool
    /// Whether an empty value is as good as none; where it is not, libpq refuses it too.
    public let allowsEmpty: Bool

    init(
        _ name: String, environment: String? = nil, default defaultValue: String? = nil, secret: Bool = false,
        support: Support = .supported, allowsEmpty: Bool = true, _ meaning: String
    ) {
        self.name = name
        self.environmentVariable = environment
        self.defaultValue = defaultValue
        self.meaning = meaning
        self.support = support
        self.isSecret = secret
        self.allowsEmpty = allowsEmpty
    }

    public var description: String { name }

    /// The keyword of this exact name, or `nil`.
    public static func named(_ name: some StringProtocol) -> ConnectionKeyword? {
        all.first { $0.name.utf8.elementsEqual(name.utf8) }
    }
}
