public import PostgresWire

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// The environment variables of the process that have a say in a connection.
public enum ProcessEnvironment {
    /// The names read: those of the keywords, of the session settings, and the few others that matter.
    static let names: [String] =
        ConnectionKeyword.all.compactMap(\.environmentVariable)
        + ConnectionKeyword.sessionVariables.map(\.variable)
        + ["PGREQUIRESSL", "PGSERVICEFILE", "PGSYSCONFDIR", "DATABASE_URL", "HOME"]

    /// Reads them once, as they are now.
    ///
    /// - Returns: the variables that are set, by name.
    /// - Throws: ``PostgresError`` of the code `invalidConfiguration` if one is not valid UTF-8.
    public static func variables() throws(PostgresError) -> [String: String] { try variables(names) }

    /// Reads some of them: what is not asked for cannot be wrong.
    static func variables(_ names: [String]) throws(PostgresError) -> [String: String] {
        var variables: [String: String] = [:]
        for name in names {
            guard let value = unsafe getenv(name) else { continue }
            guard let text = unsafe String(validatingCString: value) else {
                throw PostgresError(.invalidConfiguration, "the environment variable \(name) is not valid UTF-8")
            }
            variables[name] = text
        }
        return variables
    }
}
