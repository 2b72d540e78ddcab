/// Which ways to authenticate a client accepts, as `require_auth` lists them.
///
/// ```swift
/// let requirement = try AuthenticationRequirement(parsing: "scram-sha-256,md5")
/// print(requirement.allows(.password))  // false
/// ```
///
/// Source: PostgreSQL manual, "Parameter Key Words", `require_auth`.
public struct AuthenticationRequirement: Hashable, Sendable {
    /// The methods that are accepted.
    public let methods: Set<AuthenticationMethod>

    /// Accepts these methods only.
    public init(_ methods: Set<AuthenticationMethod>) {
        self.methods = methods
    }

    /// Reads a list separated by commas of methods to accept or, each with `!` before it, to refuse.
    ///
    /// - Throws: ``PostgresError/Code/invalidConfiguration`` for an unknown or repeated method, and for a list that
    ///   both accepts and refuses.
    public init(parsing text: String) throws(PostgresError) {
        var named: Set<AuthenticationMethod> = []
        var isNegated: Bool?
        for item in text.utf8.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false) {
            let negated = item.first == UInt8(ascii: "!")
            let name = String(Substring(negated ? item.dropFirst() : item))
            guard let method = AuthenticationMethod.allCases.first(where: { $0.rawValue.utf8.elementsEqual(name.utf8) })
            else {
                throw PostgresError(.invalidConfiguration, "require_auth: \"\(name)\" is no authentication method")
            }
            guard isNegated == nil || isNegated == negated else {
                throw PostgresError(.invalidConfiguration, "require_auth: methods with and without ! cannot be mixed")
            }
            isNegated = negated
            guard named.insert(method).inserted else {
                throw PostgresError(.invalidConfiguration, "require_auth: \"\(name)\" is listed twice")
            }
        }
        methods = isNegated == true ? Set(AuthenticationMethod.allCases).subtracting(named) : named
    }

    /// Whether `method` is accepted.
    public func allows(_ method: AuthenticationMethod) -> Bool { methods.contains(method) }
}
