import PostgresWire

extension SettingResolver {
    /// Where the system's service file is if `PGSYSCONFDIR` does not say.
    static let systemFolder = "/etc/postgresql-common"

    /// Where a Unix socket is looked for if no host is given, in this order.
    static let socketFolders = ["/var/run/postgresql", "/tmp"]

    /// The settings of the service, if one is asked for: from `PGSERVICEFILE`, else the file in the home directory, and
    /// from the system's file if the service is not there.
    func readServiceFile() throws(PostgresError) -> (path: String, settings: [ServiceFile.Setting])? {
        guard let service = given("service") else { return nil }
        guard !service.value.isEmpty else { throw failure("service", "the value is empty") }
        guard !service.value.utf8.contains(0) else { throw failure("service", "a NUL character is not allowed") }
        var candidates: [(path: String, mustExist: Bool)] = []
        if let path = environment["PGSERVICEFILE"] {
            candidates.append((path, true))
        } else if let home = system.home(environment) {
            candidates.append(("\(home)/.pg_service.conf", false))
        }
        let folder = environment["PGSYSCONFDIR"] ?? Self.systemFolder
        candidates.append(("\(folder)/pg_service.conf", false))
        for (path, mustExist) in candidates {
            guard mustExist || system.fileExists(path) else { continue }
            guard let bytes = system.readFile(path) else {
                throw failure("service", "the service file \(path) cannot be read")
            }
            if let settings = try ServiceFile(bytes, path: path).settings(of: service.value) { return (path, settings) }
        }
        let searched = candidates.map(\.path).joined(separator: " and ")
        throw failure("service", "there is no group [\(service.value)] in \(searched)")
    }

    /// The password, or else what the password file has for each host.
    mutating func readCredentials(into configuration: inout ConnectionConfiguration) throws(PostgresError) {
        let path = try passwordFilePath()
        if let given = given("password"), !given.value.isEmpty {
            configuration.password = try value("password").map { Secret($0) }
            return
        }
        guard let path, let file = passwordFile(path) else { return }
        for (index, host) in configuration.hosts.enumerated() {
            let isDefaultSocket =
                host.isUnixSocket && Self.socketFolders.contains { $0.utf8.elementsEqual(host.name.utf8) }
            let name = host.name.isEmpty ? host.address ?? "" : host.name
            configuration.hosts[index].filePassword = file.password(
                host: isDefaultSocket ? "localhost" : name, port: host.port, database: configuration.database,
                user: configuration.user)
        }
        if configuration.hosts.contains(where: { $0.filePassword != nil }) {
            note("password", ConnectionSetting.redacted, .passwordFile(path: path))
        }
    }

    private mutating func passwordFilePath() throws(PostgresError) -> String? {
        // An empty one is no file, and hides nothing.
        if given("passfile")?.value.isEmpty == false { return try value("passfile") }
        guard let home = system.home(environment) else { return nil }
        note("passfile", "\(home)/.pgpass", .default)
        return "\(home)/.pgpass"
    }

    /// The password file, if there is one that nobody else can read; as in libpq another is passed over.
    private mutating func passwordFile(_ path: String) -> PasswordFile? {
        guard let status = system.fileStatus(path) else { return nil }
        guard status.isRegular else {
            notes.append("the password file \(path) is ignored: it is not a regular file")
            return nil
        }
        guard status.permissions & 0o077 == 0 else {
            notes.append(
                "the password file \(path) is ignored: others may read or write it (chmod 0600 \(path) helps)")
            return nil
        }
        guard let bytes = system.readFile(path) else {
            notes.append("the password file \(path) is ignored: it cannot be read")
            return nil
        }
        return PasswordFile(bytes)
    }
}
