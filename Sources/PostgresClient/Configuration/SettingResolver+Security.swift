import PostgresWire

extension SettingResolver {
    mutating func readSecurity(into configuration: inout ConnectionConfiguration) throws(PostgresError) {
        configuration.requestedSSLMode = try choice("sslmode")
        try readTLS(into: &configuration)
        if configuration.requestedSSLMode == nil { noteDefaultMode(of: configuration) }
        configuration.requiredPeer = try nonEmpty("requirepeer")
        if let binding = try value("channel_binding") {
            let modes: [ChannelBindingMode] = [.disable, .prefer, .require]
            guard let mode = modes.first(where: { $0.rawValue.utf8.elementsEqual(binding.utf8) }) else {
                throw failure(
                    "channel_binding",
                    "the value is not one of \(modes.map(\.rawValue).joined(separator: ", "))")
            }
            configuration.channelBinding = mode
        }
        if let list = try nonEmpty("require_auth") {
            configuration.requiredAuthentication = try requirement(list)
        }
        configuration.scramClientKey = try key("scram_client_key")
        configuration.scramServerKey = try key("scram_server_key")
        switch (configuration.scramClientKey, configuration.scramServerKey) {
        case (nil, nil), (_?, _?): break
        case (_?, nil): throw failure("scram_client_key", "it is given without scram_server_key, which goes with it")
        case (nil, _?): throw failure("scram_server_key", "it is given without scram_client_key, which goes with it")
        }
        configuration.oauth.issuer = try nonEmpty("oauth_issuer")
        configuration.oauth.clientID = try nonEmpty("oauth_client_id")
        configuration.oauth.clientSecret = try nonEmpty("oauth_client_secret").map { Secret($0) }
        configuration.oauth.scope = try nonEmpty("oauth_scope")
    }

    private mutating func readTLS(into configuration: inout ConnectionConfiguration) throws(PostgresError) {
        if let path = try nonEmpty("sslrootcert") {
            configuration.tls.roots = path.utf8.elementsEqual("system".utf8) ? .system : .file(path)
        }
        if configuration.tls.roots == .system, let mode = configuration.requestedSSLMode, mode != .verifyFull {
            throw failure("sslmode", "\(mode) is too weak for sslrootcert=system, which needs verify-full")
        }
        configuration.tls.negotiation = try choice("sslnegotiation") ?? .postgres
        if configuration.tls.negotiation == .direct, let mode = configuration.requestedSSLMode,
            !mode.isAtLeastRequire
        {
            throw failure(
                "sslmode",
                "\(mode) is too weak for sslnegotiation=direct, which needs require, verify-ca or verify-full")
        }
        configuration.tls.certificateFile = try nonEmpty("sslcert")
        configuration.tls.keyFile = try nonEmpty("sslkey")
        configuration.tls.keyPassword = try nonEmpty("sslpassword").map { Secret($0) }
        configuration.tls.certificateMode = try choice("sslcertmode") ?? .allow
        configuration.tls.revocationListFile = try nonEmpty("sslcrl")
        configuration.tls.revocationListDirectory = try nonEmpty("sslcrldir")
        configuration.tls.keyLogFile = try nonEmpty("sslkeylogfile")
        configuration.tls.sendsServerName = try sendsServerName()
        configuration.tls.minimumVersion = try tlsVersion("ssl_min_protocol_version") ?? .v1_0
        configuration.tls.maximumVersion = try tlsVersion("ssl_max_protocol_version")
        if let maximum = configuration.tls.maximumVersion, configuration.tls.minimumVersion > maximum {
            throw failure(
                "ssl_min_protocol_version",
                "\(configuration.tls.minimumVersion.rawValue) is more than ssl_max_protocol_version, "
                    + "\(maximum.rawValue)")
        }
    }

    /// What stands for no `sslmode`: one mode, or one for each host where they differ.
    private mutating func noteDefaultMode(of configuration: ConnectionConfiguration) {
        let modes = configuration.hosts.map { configuration.sslMode(for: $0).rawValue }
        let shown = Set(modes).count == 1 ? Array(modes.prefix(1)) : modes
        note("sslmode", shown.joined(separator: ","), .default)
    }

    // Empty, it is off as in libpq, and not the default.
    private mutating func sendsServerName() throws(PostgresError) -> Bool {
        if let given = given("sslsni"), given.value.isEmpty {
            note("sslsni", "", given.source)
            return false
        }
        switch try value("sslsni") {
        case "1": return true
        case "0": return false
        default: throw failure("sslsni", "the value is not one of 0, 1")
        }
    }

    private mutating func tlsVersion(_ name: String) throws(PostgresError) -> TLSSettings.Version? {
        // Empty, there is no limit.
        if let given = given(name), given.value.isEmpty {
            note(name, "", given.source)
            return nil
        }
        guard let text = try value(name) else { return nil }
        let version = TLSSettings.Version.allCases.first { version in
            text.utf8.elementsEqual(version.rawValue.utf8) { Self.lowercased($0) == Self.lowercased($1) }
        }
        guard let version else {
            let names = TLSSettings.Version.allCases.map(\.rawValue).joined(separator: ", ")
            throw failure(name, "the value is not one of \(names)")
        }
        return version
    }

    private static func lowercased(_ byte: UInt8) -> UInt8 { (0x41...0x5A).contains(byte) ? byte | 0x20 : byte }

    private func requirement(_ list: String) throws(PostgresError) -> AuthenticationRequirement {
        let requirement: AuthenticationRequirement
        do {
            requirement = try AuthenticationRequirement(parsing: list)
        } catch {
            throw error.with(message: error.message + place(of: "require_auth"))
        }
        guard !requirement.methods.isDisjoint(with: [.password, .md5, .scramSHA256, .oauth, .none]) else {
            throw failure("require_auth", "it leaves no method that is supported; gss and sspi are not")
        }
        return requirement
    }

    private mutating func key(_ name: String) throws(PostgresError) -> Secret? {
        guard let text = try nonEmpty(name) else { return nil }
        guard let bytes = Base64.decode(text.utf8), bytes.count == ConnectionConfiguration.scramKeyLength else {
            throw failure(name, "not 32 bytes in Base64, padding included")
        }
        return Secret(bytes)
    }
}
