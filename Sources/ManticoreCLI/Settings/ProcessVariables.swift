#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// The environment variables of the process.
enum ProcessVariables {
    /// The value of a variable, nil if it is not set.
    static func value(of name: String) -> String? {
        guard let value = unsafe getenv(name) else { return nil }
        return unsafe String(cString: value)
    }

    /// Whether the process may run the program of this path.
    static func isExecutable(_ path: String) -> Bool { unsafe access(path, X_OK) == 0 }
}
