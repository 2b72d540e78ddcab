#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// The environment of this process, and the small one that the server's programs get.
enum ServerEnvironment {
    /// A variable's value, nil if it is unset or empty.
    static func value(of name: String) -> String? {
        guard let value = unsafe getenv(name) else { return nil }
        let text = unsafe String(cString: value)
        return text.isEmpty ? nil : text
    }

    /// The variables that the server's programs get, as `NAME=value`.
    ///
    /// PGDATA, PGPORT, TZ, LANG and their like would make the server differ from one machine to the next; messages are
    /// in English because the log is searched.
    static func variables() -> [String] {
        var variables = ["LC_ALL=C", "TZ=UTC", "PATH=" + (value(of: "PATH") ?? "/usr/local/bin:/usr/bin:/bin")]
        for name in ["LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH"] {
            if let value = value(of: name) { variables.append("\(name)=\(value)") }
        }
        return variables
    }
}
