import PostgresWire

extension SettingResolver {
    /// The servers, from the lists of hosts, addresses and ports, which must be of one length or a single port.
    mutating func hosts() throws(PostgresError) -> [ServerHost] {
        let addresses = Self.list(try nonEmpty("hostaddr"))
        let names = Self.list(given("host")?.value)
        let ports = try ports()
        let count = max(1, addresses.isEmpty ? names.count : addresses.count)
        if !names.isEmpty, names.count != count {
            throw failure(
                "host",
                "\(Self.counted(names.count, "host")) but \(Self.counted(count, "address", "es")) in hostaddr; "
                    + "give as many of each, an empty one where there is none")
        }
        guard ports.count == 1 || ports.count == count else {
            throw failure(
                "port",
                "\(Self.counted(ports.count, "port")) but \(Self.counted(count, "host")); give one port for all hosts, "
                    + "or one for each")
        }
        var hosts: [ServerHost] = []
        var defaults: [String] = []
        let mayShowHosts = !names.contains { ServerHost($0).mayHoldPassword }
        for index in 0..<count {
            let port = ports.count == 1 ? ports[0] : ports[index]
            let address = addresses.isEmpty ? "" : addresses[index]
            var name = names.isEmpty ? "" : names[index]
            if name.isEmpty, address.isEmpty {
                name = defaultHost(port: port)
                defaults.append(name)
            }
            let host = ServerHost(name, address: address.isEmpty ? nil : address, port: port)
            if let complaint = host.complaint() {
                throw failure(
                    complaint.keyword, count > 1 && mayShowHosts ? "\(host): \(complaint.reason)" : complaint.reason)
            }
            hosts.append(host)
        }
        noteHosts(hosts, defaults: defaults)
        return hosts
    }

    private mutating func noteHosts(_ hosts: [ServerHost], defaults: [String]) {
        if let given = given("host"), !given.value.isEmpty {
            note("host", given.value, given.source)
        } else if let name = defaults.first {
            note("host", name, name.utf8.first == UInt8(ascii: "/") ? .system : .default)
        }
    }

    /// A Unix socket that is there, else this machine over TCP.
    private func defaultHost(port: Int) -> String {
        let folder = Self.socketFolders.first {
            system.fileExists(ServerHost.socketPath(directory: $0, port: port))
        }
        return folder ?? "localhost"
    }

    /// The ports as they are listed, an empty one as the default.
    private mutating func ports() throws(PostgresError) -> [Int] {
        var ports: [Int] = []
        for text in Self.list(try value("port")) {
            guard !text.isEmpty else {
                ports.append(ServerHost.defaultPort)
                continue
            }
            guard let port = Self.integer(text), (1...65535).contains(port) else {
                throw failure("port", "not a whole number from 1 to 65535")
            }
            ports.append(port)
        }
        return ports
    }

    /// The parts between commas, which may be empty; none of an empty list.
    private static func list(_ text: String?) -> [String] {
        guard let text, !text.isEmpty else { return [] }
        return text.utf8.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
            .map { String(Substring($0)) }
    }

    private static func counted(_ count: Int, _ word: String, _ plural: String = "s") -> String {
        "\(count) \(word)\(count == 1 ? "" : plural)"
    }

    mutating func user() throws(PostgresError) -> String {
        if let user = given("user"), !user.value.isEmpty {
            note("user", user.value, user.source)
            return user.value
        }
        guard let name = system.userName(), !name.isEmpty else {
            throw PostgresError(.invalidConfiguration, "user: none is given, and the system user has no name")
        }
        note("user", name, .system)
        return name
    }

    mutating func database(user: String) throws(PostgresError) -> String {
        if let database = given("dbname"), !database.value.isEmpty {
            note("dbname", database.value, database.source)
            return database.value
        }
        note("dbname", user, .derived("user"))
        return user
    }
}
