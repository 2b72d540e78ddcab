public import PostgresWire

extension ConnectionConfiguration {
    /// What the startup message says, in order: user, database, client_encoding, application_name, options, and the
    /// further server settings.
    ///
    /// Dates go in binary, so no DateStyle is forced.
    ///
    /// Source: PostgreSQL manual, "Message Formats", StartupMessage.
    public var startupParameters: [Frontend.StartupParameter] {
        var parameters: [Frontend.StartupParameter] = [
            .init("user", user), .init("database", database), .init("client_encoding", "UTF8"),
        ]
        if let applicationName, !applicationName.isEmpty {
            parameters.append(.init("application_name", applicationName))
        }
        if let options, !options.isEmpty { parameters.append(.init("options", options)) }
        return parameters + runtimeParameters
    }

    /// Checks what the types do not: NUL anywhere, the port, the address, the socket's path, names that the startup
    /// message uses itself, and combinations that leave the connection unprotected.
    ///
    /// Every initializer has done so; call it again after changing properties. Connecting does.
    ///
    /// - Throws: ``PostgresError`` of the code `invalidConfiguration`; its message shows no value with a NUL.
    public func validate() throws(PostgresError) {
        try refuseNUL()
        guard !user.isEmpty else { throw Self.invalid("no user is given") }
        guard !database.isEmpty else { throw Self.invalid("no dbname is given") }
        guard !hosts.isEmpty else { throw Self.invalid("no host is given") }
        for host in hosts { try validate(host) }
        for parameter in runtimeParameters {
            let name = parameter.name.lowercased()
            guard !name.isEmpty, !Self.reservedParameters.contains(name), !name.hasPrefix("_pq_.") else {
                throw Self.invalid("the runtime parameter \"\(parameter.name)\" is not one that can be set this way")
            }
        }
        if case .file(let path) = tls.roots, path.isEmpty {
            throw Self.invalid("sslrootcert is an empty path")
        }
        if let maximum = tls.maximumVersion, tls.minimumVersion > maximum {
            throw Self.invalid("ssl_min_protocol_version is more than ssl_max_protocol_version")
        }
        guard minimumProtocolVersion <= maximumProtocolVersion else {
            throw Self.invalid("min_protocol_version is more than max_protocol_version")
        }
        guard maximumMessageLength >= Self.leastMaximumMessageLength else {
            throw Self.invalid("maximumMessageLength is less than \(Self.leastMaximumMessageLength)")
        }
        guard statementCacheCapacity >= 0 else { throw Self.invalid("statementCacheCapacity is negative") }
        for (name, key) in [("scram_client_key", scramClientKey), ("scram_server_key", scramServerKey)] {
            guard let key, key.count != Self.scramKeyLength else { continue }
            throw Self.invalid("\(name) has \(key.count) bytes, not \(Self.scramKeyLength)")
        }
    }

    // Less, and no server could report its settings.
    private static let leastMaximumMessageLength = 4096

    /// Makes sure that a message is not longer than the user wants it.
    func checkLength(_ length: Int, of type: UInt8) throws(PostgresError) {
        guard length > maximumMessageLength else { return }
        throw PostgresError(
            .messageTooLong,
            """
            the server sent a message of type \(type) that is \(length) bytes long, more than \
            maximumMessageLength, \(maximumMessageLength), allows
            """)
    }

    // What this type has a property for, or what would change how the session is read.
    private static let reservedParameters: Set<String> = [
        "user", "database", "client_encoding", "application_name", "options", "replication",
    ]

    private func refuseNUL() throws(PostgresError) {
        var fields: [(String, String?)] = [
            ("user", user), ("dbname", database),
            ("application_name", applicationName), ("options", options),
        ]
        if case .file(let path) = tls.roots { fields.append(("sslrootcert", path)) }
        fields += [
            ("sslcert", tls.certificateFile), ("sslkey", tls.keyFile), ("sslcrl", tls.revocationListFile),
            ("sslcrldir", tls.revocationListDirectory), ("sslkeylogfile", tls.keyLogFile),
            ("requirepeer", requiredPeer), ("oauth_issuer", oauth.issuer), ("oauth_client_id", oauth.clientID),
            ("oauth_scope", oauth.scope),
        ]
        for host in hosts { fields += [("host", host.name), ("hostaddr", host.address)] }
        for parameter in runtimeParameters {
            fields.append(("a runtime parameter's name", parameter.name))
            fields.append(("a runtime parameter's value", parameter.value))
        }
        for (name, value) in fields where value?.utf8.contains(0) == true {
            throw Self.invalid("\(name) holds a NUL character")
        }
        var secrets: [(String, Secret?)] = [
            ("password", password), ("sslpassword", tls.keyPassword), ("oauth_client_secret", oauth.clientSecret),
        ]
        secrets += hosts.map { ("the password of the password file", $0.filePassword) }
        for (name, secret) in secrets {
            if let secret, unsafe secret.withUnsafeBytes({ unsafe $0.contains(0) }) {
                throw Self.invalid("\(name) holds a NUL character")
            }
        }
    }

    // Said of one host, where there are several.
    private func invalid(_ message: String, _ host: ServerHost) -> PostgresError {
        Self.invalid(hosts.count > 1 && !hosts.contains(where: \.mayHoldPassword) ? "\(host): \(message)" : message)
    }

    private func validate(_ host: ServerHost) throws(PostgresError) {
        if let complaint = host.complaint() { throw invalid("\(complaint.keyword): \(complaint.reason)", host) }
        let mode = sslMode(for: host)
        if tls.negotiation == .direct, !host.isUnixSocket, !mode.isAtLeastRequire {
            throw invalid(
                "sslmode=\(mode) is too weak for sslnegotiation=direct, which needs require, verify-ca or verify-full",
                host)
        }
        switch mode {
        case .verifyFull where host.name.isEmpty || host.name.utf8.first == UInt8(ascii: "/"):
            throw invalid(
                "sslmode=verify-full needs a host to compare with the certificate, but only hostaddr is given: "
                    + "give host as well, or another sslmode", host)
        case .disable where host.isUnixSocket: break
        case .disable, .allow, .prefer, .require, .verifyCA:
            if tls.roots == .system {
                throw invalid("sslrootcert=system needs sslmode=verify-full, not \(mode)", host)
            }
        case .verifyFull: break
        }
    }

    static func invalid(_ message: String) -> PostgresError { PostgresError(.invalidConfiguration, message) }
}
