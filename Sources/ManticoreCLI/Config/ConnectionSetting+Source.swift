import Manticore

extension ConnectionSetting.Source {
    /// The kind of source, in a word or two that scripts can compare.
    var word: String {
        switch self {
        case .argument: "argument"
        case .connectionString: "connection string"
        case .serviceFile: "service file"
        case .environment: "environment"
        case .passwordFile: "password file"
        case .system, .derived, .default: "default"
        }
    }

    /// Which one it is, where there are several.
    var detail: String? {
        switch self {
        case .argument, .connectionString, .default: nil
        case .serviceFile(let path, let line): "\(path), line \(line)"
        case .environment(let variable): variable
        case .passwordFile(let path): path
        case .system: "as this system has it"
        case .derived(let keyword): "from \(keyword)"
        }
    }
}
