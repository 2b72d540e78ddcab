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
        guard (1...65535).contains(port) else { throw Self.invalid("port is not from 1 to 65535") }
        guard !user.isEmpty else { throw Self.invalid("no user is given") }
        guard !database.isEmpty else { throw Self.invalid("no dbname is given") }
        try validateHost()
        for parameter in runtimeParameters {
            let name = parameter.name.lowercased()
            guard !name.isEmpty, !Self.reservedParameters.contains(name), !name.hasPrefix("_pq_.") else {
                throw Self.invalid("the runtime parameter \"\(parameter.name)\" is not one that can be set this way")
            }
        }
        if case .file(let path) = rootCertificates, path.isEmpty {
            throw Self.invalid("sslrootcert is an empty path")
        }
    }

    // What this type has a property for, or what would change how the session is read.
    private static let reservedParameters: Set<String> = [
        "user", "database", "client_encoding", "application_name", "options", "replication",
    ]

    private func refuseNUL() throws(PostgresError) {
        var fields: [(String, String?)] = [
            ("host", host), ("hostaddr", hostAddress), ("user", user), ("dbname", database),
            ("application_name", applicationName), ("options", options),
        ]
        if case .file(let path) = rootCertificates { fields.append(("sslrootcert", path)) }
        for parameter in runtimeParameters {
            fields.append(("a runtime parameter's name", parameter.name))
            fields.append(("a runtime parameter's value", parameter.value))
        }
        for (name, value) in fields where value?.utf8.contains(0) == true {
            throw Self.invalid("\(name) holds a NUL character")
        }
        if let password, unsafe password.withUnsafeBytes({ unsafe $0.contains(0) }) {
            throw Self.invalid("password holds a NUL character")
        }
    }

    private func validateHost() throws(PostgresError) {
        if host.utf8.first == UInt8(ascii: "@") {
            throw Self.invalid("host names an abstract Unix socket, which is not supported")
        }
        for (name, value) in [("host", host), ("hostaddr", hostAddress ?? "")]
        where value.utf8.contains(UInt8(ascii: ",")) {
            throw Self.invalid("\(name) names several hosts, which is not supported yet")
        }
        if let hostAddress {
            // A link-local address may say which interface.
            let literal = hostAddress.prefix { $0 != "%" }
            guard let bytes = Self.numericAddress(String(literal)),
                bytes.count == 16 || literal.utf8.count == hostAddress.utf8.count
            else { throw Self.invalid("hostaddr is not a numeric IPv4 or IPv6 address") }
        } else if host.isEmpty {
            throw Self.invalid("no host is given")
        }
        if let socketPath, socketPath.utf8.count > Self.maximumSocketPathLength {
            throw Self.invalid(
                "host: the path of the Unix socket has \(socketPath.utf8.count) bytes, of which a socket's address "
                    + "holds \(Self.maximumSocketPathLength)")
        }
        switch sslMode {
        case .allow, .verifyCA: throw Self.invalid("sslmode=\(sslMode) is not supported yet")
        case .verifyFull where host.isEmpty || Self.isPath(host):
            throw Self.invalid(
                "sslmode=verify-full needs a host to compare with the certificate, but only hostaddr is given: "
                    + "give host as well, or another sslmode")
        case .disable where isUnixSocket: break
        case .disable, .prefer, .require:
            if rootCertificates == .system {
                throw Self.invalid("sslrootcert=system needs sslmode=verify-full, not \(sslMode)")
            }
        case .verifyFull: break
        }
    }

    static func invalid(_ message: String) -> PostgresError { PostgresError(.invalidConfiguration, message) }
}
