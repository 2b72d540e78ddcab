import PostgresWire

extension SettingResolver {
    mutating func readSession(into configuration: inout ConnectionConfiguration) throws(PostgresError) {
        let fallback = try nonEmpty("fallback_application_name")
        if let name = given("application_name"), !name.value.isEmpty {
            note("application_name", name.value, name.source)
            configuration.applicationName = name.value
        } else if let fallback {
            configuration.applicationName = fallback
            note("application_name", fallback, .derived("fallback_application_name"))
        }
        configuration.options = try nonEmpty("options")
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

    mutating func readNetwork(into configuration: inout ConnectionConfiguration) throws(PostgresError) {
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
        if let attributes = try choice("target_session_attrs", as: TargetSessionAttributes.self) {
            configuration.targetSessionAttributes = attributes
        }
        if let balancing = try choice("load_balance_hosts", as: LoadBalancing.self) {
            configuration.loadBalancing = balancing
        }
        try readProtocolVersions(into: &configuration)
    }

    private mutating func readProtocolVersions(into configuration: inout ConnectionConfiguration) throws(PostgresError)
    {
        let minimum = try protocolVersion("min_protocol_version")
        let maximum = try protocolVersion("max_protocol_version")
        configuration.minimumProtocolVersion = minimum ?? .v3_0
        configuration.maximumProtocolVersion = maximum ?? max(.v3_0, configuration.minimumProtocolVersion)
        if minimum == nil { note("min_protocol_version", configuration.minimumProtocolVersion.rawValue, .default) }
        if maximum == nil { note("max_protocol_version", configuration.maximumProtocolVersion.rawValue, .default) }
        guard configuration.minimumProtocolVersion <= configuration.maximumProtocolVersion else {
            throw failure(
                "min_protocol_version",
                "\(configuration.minimumProtocolVersion) is more than max_protocol_version, "
                    + "\(configuration.maximumProtocolVersion)")
        }
    }

    private mutating func protocolVersion(_ name: String) throws(PostgresError) -> ProtocolVersion? {
        guard let text = try nonEmpty(name) else { return nil }
        if text.utf8.elementsEqual("latest".utf8) { return ProtocolVersion.allCases.max() }
        guard let version = ProtocolVersion.allCases.first(where: { $0.rawValue.utf8.elementsEqual(text.utf8) }) else {
            let names = ProtocolVersion.allCases.map(\.rawValue) + ["latest"]
            throw failure(name, "the value is not one of \(names.joined(separator: ", "))")
        }
        return version
    }
}
