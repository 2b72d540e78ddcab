/// One resolved setting of a connection and where its value came from.
public struct ConnectionSetting: Hashable, Sendable, CustomStringConvertible {
    /// Where a value came from, the strongest first.
    public enum Source: Hashable, Sendable, CustomStringConvertible {
        /// A labelled argument of the call.
        case argument
        /// The connection string given to the call.
        case connectionString
        /// The service file of this path, at this line.
        case serviceFile(path: String, line: Int)
        /// The environment variable of this name.
        case environment(String)
        /// The password file of this path.
        case passwordFile(path: String)
        /// The operating system: the user's name, or a socket that was found.
        case system
        /// Another setting, by its keyword.
        case derived(String)
        /// Nobody gave one.
        case `default`

        public var description: String {
            switch self {
            case .argument: "argument"
            case .connectionString: "connection string"
            case .serviceFile(let path, let line): "service file \(path), line \(line)"
            case .environment(let name): "environment variable \(name)"
            case .passwordFile(let path): "password file \(path)"
            case .system: "operating system"
            case .derived(let keyword): "from \(keyword)"
            case .default: "default"
            }
        }
    }

    /// libpq's keyword, or the name of a server setting that only the environment gives (`timezone`).
    public let keyword: String
    /// The value in use; of a secret only ``redacted``.
    public let value: String
    /// Where it came from.
    public let source: Source

    /// What stands in place of a secret.
    public static let redacted = "********"

    init(_ keyword: ConnectionKeyword, value: String, source: Source) {
        self.keyword = keyword.name
        self.value = keyword.isSecret && !value.isEmpty ? Self.redacted : value
        self.source = source
    }

    /// A setting of the session that has an environment variable but no keyword.
    init(parameter: String, value: String, variable: String) {
        keyword = parameter
        self.value = value
        source = .environment(variable)
    }

    public var description: String { "\(keyword)=\(value) (\(source))" }
}
