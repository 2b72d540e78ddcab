import PostgresWire

/// Decides for every keyword whose value counts, and reads the values into a configuration.
///
/// As in libpq an argument goes before the connection string, that before the service file, that before the
/// environment; and an empty value hides those behind it.
struct SettingResolver {
    let environment: [String: String]
    let system: LocalSystem
    var arguments: [String: String] = [:]
    var connectTimeout: Duration?
    var connectionString: ConnectionString?
    var connectionStringSource = ConnectionSetting.Source.connectionString

    private var serviceFile: (path: String, settings: [ServiceFile.Setting])?
    private var settings: [ConnectionSetting] = []
    /// What the user should know although it is no error.
    var notes: [String] = []

    init(environment: [String: String], system: LocalSystem) {
        self.environment = environment
        self.system = system
    }

    /// A value that somebody gave.
    struct Given {
        let value: String
        let source: ConnectionSetting.Source
        /// Where in the connection string it begins, in bytes from 1.
        let position: Int?
    }

    mutating func configuration() throws(PostgresError) -> ConnectionConfiguration {
        settings = []
        notes = []
        serviceFile = try readServiceFile()
        // What is not supported comes first: no other complaint matters if the answer is no.
        for keyword in ConnectionKeyword.all {
            if let given = given(keyword) { try check(given, for: keyword) }
        }
        let hosts = try hosts()
        let user = try user()
        var configuration = ConnectionConfiguration(hosts: hosts, user: user, database: try database(user: user))
        try readCredentials(into: &configuration)
        try readSession(into: &configuration)
        try readNetwork(into: &configuration)
        try readSecurity(into: &configuration)
        // Nothing but the registry knows of the rest.
        let noted = Set(settings.map(\.keyword))
        for keyword in ConnectionKeyword.all where !noted.contains(keyword.name) { _ = try value(keyword.name) }
        configuration.settings = ordered(settings) + configuration.settings
        configuration.notes = notes
        try configuration.validate()
        return configuration
    }

    private func ordered(_ settings: [ConnectionSetting]) -> [ConnectionSetting] {
        ConnectionKeyword.all.compactMap { keyword in settings.first { $0.keyword == keyword.name } }
    }

    // MARK: Values

    /// The strongest value, which may be empty.
    func given(_ name: String) -> Given? { ConnectionKeyword.named(name).flatMap(given) }

    func given(_ keyword: ConnectionKeyword) -> Given? {
        if let value = arguments[keyword.name] { return Given(value: value, source: .argument, position: nil) }
        if let entry = connectionString?.entry(for: keyword.name) {
            return Given(value: entry.value, source: connectionStringSource, position: entry.position)
        }
        if let serviceFile, let setting = serviceFile.settings.first(where: { $0.keyword == keyword }) {
            return Given(
                value: setting.value, source: .serviceFile(path: serviceFile.path, line: setting.line), position: nil)
        }
        if let name = keyword.environmentVariable, let value = environment[name] {
            return Given(value: value, source: .environment(name), position: nil)
        }
        // The variable of old, which must not be ignored: it asks for TLS.
        if keyword.name == "sslmode", environment["PGREQUIRESSL"]?.utf8.first == UInt8(ascii: "1") {
            return Given(value: "require", source: .environment("PGREQUIRESSL"), position: nil)
        }
        return nil
    }

    func failure(_ keyword: String, _ reason: String) -> PostgresError {
        PostgresError(.invalidConfiguration, "\(keyword)\(place(of: keyword)): \(reason)")
    }

    func place(of keyword: String) -> String {
        guard let given = given(keyword) else { return "" }
        return " (\(given.source)\(given.position.map { ", position \($0)" } ?? ""))"
    }

    mutating func note(_ name: String, _ value: String, _ source: ConnectionSetting.Source) {
        guard let keyword = ConnectionKeyword.named(name) else { return }
        settings.append(ConnectionSetting(keyword, value: value, source: source))
    }

    /// The value given, noted; else the registry's default, noted; `nil` where there is neither.
    mutating func value(_ name: String) throws(PostgresError) -> String? {
        guard let keyword = ConnectionKeyword.named(name) else { return nil }
        let given = given(keyword)
        if let given, !given.value.isEmpty {
            note(name, given.value, given.source)
            return given.value
        }
        if let value = keyword.defaultValue {
            note(name, value, .default)
        } else if let given {
            note(name, "", given.source)
        }
        return keyword.defaultValue
    }

    private func check(_ given: Given, for keyword: ConnectionKeyword) throws(PostgresError) {
        guard !given.value.isEmpty else {
            guard keyword.allowsEmpty else { throw failure(keyword.name, "the value is empty") }
            return
        }
        guard !given.value.utf8.contains(0) else { throw failure(keyword.name, "a NUL character is not allowed") }
        switch keyword.support {
        case .supported: break
        case .unsupported(let reason): throw failure(keyword.name, "not supported: \(reason)")
        case .values(let values, let reason):
            guard values.contains(where: { $0.utf8.elementsEqual(given.value.utf8) }) else {
                throw failure(
                    keyword.name, "the value is not one of \(values.joined(separator: ", ")); \(reason)")
            }
        }
    }

    /// One of the values of an enumeration.
    mutating func choice<Choice: RawRepresentable<String> & CaseIterable>(
        _ name: String, as type: Choice.Type = Choice.self
    ) throws(PostgresError) -> Choice? {
        guard let text = try value(name) else { return nil }
        guard let choice = Choice.allCases.first(where: { $0.rawValue.utf8.elementsEqual(text.utf8) }) else {
            throw failure(
                name, "the value is not one of \(Choice.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        return choice
    }

    mutating func integer(_ name: String) throws(PostgresError) -> Int? {
        guard let text = try value(name) else { return nil }
        guard let number = Self.integer(text) else { throw failure(name, "not a whole number") }
        return number
    }

    /// A whole number of 32 bits, with blanks around it as libpq allows.
    static func integer(_ text: some StringProtocol) -> Int? {
        let isBlank = { (byte: UInt8) in byte == 0x20 || (0x09...0x0D).contains(byte) }
        let digits = text.utf8.drop(while: isBlank).reversed().drop(while: isBlank).reversed()
        return Int32(String(decoding: digits, as: UTF8.self)).map { Int($0) }
    }

    mutating func duration(_ name: String, unit: Duration) throws(PostgresError) -> Duration? {
        guard let number = try integer(name), number > 0 else { return nil }
        return unit * number
    }

    mutating func nonEmpty(_ name: String) throws(PostgresError) -> String? {
        guard let text = try value(name), !text.isEmpty else { return nil }
        return text
    }
}
