#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Finds programs by name.
enum Programs {
    /// The folders of PATH, then those where a short PATH forgets to look.
    static func folders() -> [String] {
        let path = ServerEnvironment.value(of: "PATH") ?? ""
        let asked = path.split(separator: ":").map { String($0) }.filter { $0.hasPrefix("/") }
        return asked + ["/usr/local/bin", "/usr/bin", "/bin", "/usr/local/sbin", "/usr/sbin", "/sbin"]
    }

    /// The absolute path of a program, nil if it is not installed.
    static func find(_ name: String) -> String? {
        for folder in folders() {
            let path = folder + "/" + name
            if Files.isExecutable(path) { return path }
        }
        return nil
    }
}
