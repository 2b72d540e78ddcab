import PostgresWire

/// Decides for every keyword whose value counts, and reads the values into a configuration.
struct SettingResolver {
    let environment: [String: String]
    var arguments: [String: String] = [:]
    var connectTimeout: Duration?
    var connectionString: ConnectionString?
    var connectionStringSource = ConnectionSetting.Source.connectionString

    private var settings: [ConnectionSetting] = []

    init(environment: [String: String]) { self.environment = environment }

    private struct Given {
        let value: String
        let source: ConnectionSetting.Source
        let position: Int?
    }

    /// The strongest value, which may be empty: as in libpq, an empty one hides those behind it.
    private func given(_ keyword: ConnectionKeyword) -> Given? {
        if let value = arguments[keyword.name] { return Given(value: value, source: .argument, position: nil) }
        if let entry = connectionString?.entry(for: keyword.name) {
            return Given(value: entry.value, source: connectionStringSource, position: entry.position)
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

    private func failure(_ keyword: String, _ reason: String) -> PostgresError {
        PostgresError(.invalidConfiguration, "\(keyword)\(place(of: keyword)): \(reason)")
    }

    private func place(of keyword: String) -> String {
        guard let given = ConnectionKeyword.named(keyword).flatMap(given) else { return "" }
        return " (\(given.source)\(given.position.map { ", position \($0)" } ?? ""))"
    }

    private mutating func note(_ name: String, _ value: String, _ source: ConnectionSetting.Source) {
        guard let keyword = ConnectionKeyword.named(name) else { return }
        settings.append(ConnectionSetting(keyword, value: value, source: source))
    }

    /// The value given, noted; else the registry's default, noted; `nil` where there is neither.
    private mutating func value(_ name: String) throws(PostgresError) -> String? {
        guard let keyword = ConnectionKeyword.named(name) else { return nil }
        if let given = given(keyword), !given.value.isEmpty {
            try check(given, for: keyword)
            note(name, given.value, given.source)
            return given.value
        }
        if let value = keyword.defaultValue { note(name, value, .default) }
        return keyword.defaultValue
    }

    private func check(_ given: Given, for keyword: ConnectionKeyword) throws(PostgresError) {
        guard !given.value.utf8.contains(0) else { throw failure(keyword.name, "a NUL character is not allowed") }
        switch keyword.support {
        case .supported: break
        case .unsupported(let reason): throw failure(keyword.name, reason)
        case .values(let values, let reason):
            guard values.contains(where: { $0.utf8.elementsEqual(given.value.utf8) }) else {
                throw failure(
                    keyword.name, "the value is not one of \(values.joined(separator: ", ")); \(reason)")
            }
        }
    }

    /// A whole number, with blanks around it as libpq allows.
    private mutating func integer(_ name: String) throws(PostgresError) -> Int? {
        guard let text = try value(name) else { return nil }
        let isBlank = { (byte: UInt8) in byte == 0x20 || (0x09...0x0D).contains(byte) }
        let digits = text.utf8.drop(while: isBlank).reversed().drop(while: isBlank).reversed()
        guard let number = Int32(String(decoding: digits, as: UTF8.self)) else {
            throw failure(name, "not a whole number")
        }
        return Int(number)
    }

    private mutating func duration(_ name: String, unit: Duration) throws(PostgresError) -> Duration? {
        guard let number = try integer(name), number > 0 else { return nil }
        return unit * number
    }

    mutating func configuration(system: LocalSystem) throws(PostgresError) -> ConnectionConfiguration {
        settings = []
        // What is not supported comes first: no other complaint matters if the answer is no.
        for keyword in ConnectionKeyword.all {
            guard let given = given(keyword), !given.value.isEmpty else { continue }
            if keyword.name == "passfile", case .environment = given.source, hasPassword { continue }
            try check(given, for: keyword)
        }
        let port = try port()
        let (host, hostAddress) = try hosts(port: port, system: system)
        let user = try user(system: system)
        var configuration = ConnectionConfiguration(
            host: host, port: port, user: user, database: try database(user: user))
        configuration.hostAddress = hostAddress
        configuration.password = try value("password").map { Secret($0) }
        try readSession(into: &configuration)
        try readNetwork(into: &configuration)
        try readSecurity(into: &configuration)
        // Nothing but the registry knows of the rest.
        let noted = Set(settings.map(\.keyword))
        for keyword in ConnectionKeyword.all where !noted.contains(keyword.name) && keyword.name != "passfile" {
            _ = try value(keyword.name)
        }
        configuration.settings = ordered(settings) + configuration.settings
        try configuration.validate()
        return configuration
    }

    private var hasPassword: Bool {
        ConnectionKeyword.named("password").flatMap(given).map { !$0.value.isEmpty } ?? false
    }

    private func ordered(_ settings: [ConnectionSetting]) -> [ConnectionSetting] {
        ConnectionKeyword.all.compactMap { keyword in settings.first { $0.keyword == keyword.name } }
    }

    private mutating func port() throws(PostgresError) -> Int {
        if let keyword = ConnectionKeyword.named("port"), given(keyword)?.value.utf8.contains(UInt8(ascii: ",")) == true
        {
            throw failure("port", "several hosts are not supported yet")
        }
        guard let port = try integer("port"), (1...65535).contains(port) else {
            throw failure("port", "not from 1 to 65535")
        }
        return port
    }

    private mutating func hosts(
        port: Int, system: LocalSystem
    ) throws(PostgresError) -> (host: String, address: String?) {
        let address = try value("hostaddr")
        if let host = try value("host") { return (host, address) }
        if address != nil { return ("", address) }
        let directories = ["/var/run/postgresql", "/tmp"]
        let found = directories.first {
            system.fileExists(ConnectionConfiguration.socketPath(directory: $0, port: port))
        }
        note("host", found ?? "localhost", found == nil ? .default : .system)
        return (found ?? "localhost", nil)
    }

    private mutating func user(system: LocalSystem) throws(PostgresError) -> String {
        if let user = try value("user") { return user }
        guard let name = system.userName(), !name.isEmpty else {
            throw PostgresError(.invalidConfiguration, "user: none is given, and the system user has no name")
        }
        note("user", name, .system)
        return name
    }

    private mutating func database(user: String) throws(PostgresError) -> String {
        if let database = try value("dbname") { return database }
        note("dbname", user, .derived("user"))
        return user
    }

    private mutating func readSession(into configuration: inout ConnectionConfiguration) throws(PostgresError) {
        let fallback = try value("fallback_application_name")
        configuration.applicationName = try value("application_name")
        if configuration.applicationName == nil, let fallback {
            configuration.applicationName = fallback
            note("application_name", fallback, .derived("fallback_application_name"))
        }
        configuration.options = try value("options")
        if let encoding = try value("client_encoding") {
            // The server's own reading of a name: case and punctuation do not count.
            let name = encoding.lowercased().utf8.filter { $0 != UInt8(ascii: "-") && $0 != UInt8(ascii: "_") }
            guard ["utf8", "unicode", "auto"].contains(where: { $0.utf8.elementsEqual(name) }) else {
                throw failure("client_encoding", "only UTF8 is supported")
            }
        }
        for (variable, parameter) in ConnectionKeyword.sessionVariables {
            guard let value = environment[variable], !value.isEmpty, value.lowercased() != "default" else { continue }
            configuration.runtimeParameters.append(.init(parameter, value))
            configuration.settings.append(ConnectionSetting(parameter: parameter, value: value, variable: variable))
        }
    }

    private mutating func readNetwork(into configuration: inout ConnectionConfiguration) throws(PostgresError) {
        if let connectTimeout {
            configuration.connectTimeout = connectTimeout > .zero ? connectTimeout : nil
            note("connect_timeout", connectTimeout > .zero ? "\(connectTimeout)" : "0", .argument)
        } else if let seconds = try integer("connect_timeout") {
            // libpq counts in whole seconds of the clock, so that 1 could be next to nothing.
            configuration.connectTimeout = seconds > 0 ? .seconds(max(seconds, 2)) : nil
        }
        configuration.keepalive.isEnabled = try integer("keepalives") != 0
        configuration.keepalive.idle = try duration("keepalives_idle", unit: .seconds(1))
        configuration.keepalive.interval = try duration("keepalives_interval", unit: .seconds(1))
        configuration.keepalive.count = try integer("keepalives_count").flatMap { $0 > 0 ? $0 : nil }
        configuration.keepalive.userTimeout = try duration("tcp_user_timeout", unit: .milliseconds(1))
    }

    private mutating func readSecurity(into configuration: inout ConnectionConfiguration) throws(PostgresError) {
        if let keyword = ConnectionKeyword.named("sslmode"), let given = given(keyword), given.value.isEmpty {
            throw failure("sslmode", "the value is empty")
        }
        if let text = try value("sslmode") {
            guard let mode = SSLMode(rawValue: text) else { throw failure("sslmode", "not a mode") }
            configuration.requestedSSLMode = mode
        }
        if let path = try value("sslrootcert") {
            configuration.rootCertificates = path.utf8.elementsEqual("system".utf8) ? .system : .file(path)
        }
        if configuration.requestedSSLMode == nil { note("sslmode", configuration.sslMode.rawValue, .default) }
        if let text = try value("channel_binding") {
            guard let binding = ChannelBindingMode(rawValue: text) else {
                throw failure("channel_binding", "not a policy")
            }
            configuration.channelBinding = binding
        }
        if let list = try value("require_auth") {
            let requirement: AuthenticationRequirement
            do {
                requirement = try AuthenticationRequirement(parsing: list)
            } catch {
                throw error.with(message: error.message + place(of: "require_auth"))
            }
            guard !requirement.methods.isDisjoint(with: [.password, .md5, .scramSHA256, .none]) else {
                throw failure("require_auth", "it leaves no method that is supported; gss, sspi and oauth are not")
            }
            configuration.requiredAuthentication = requirement
        }
    }
}
