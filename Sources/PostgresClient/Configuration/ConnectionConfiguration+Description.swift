extension ConnectionConfiguration: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    private var shown: KeyValuePairs<String, Any> {
        [
            "host": hosts.map(\.name).joined(separator: ","),
            "hostaddr": hosts.contains { $0.address != nil }
                ? hosts.map { $0.address ?? "" }.joined(separator: ",") : "",
            "port": hosts.map { "\($0.port)" }.joined(separator: ","), "user": user,
            "password": password == nil ? "" : ConnectionSetting.redacted, "dbname": database,
            "sslmode": shownMode, "sslrootcert": tls.roots,
            "application_name": applicationName ?? "",
            "options": options ?? "",
            "connect_timeout": connectTimeout.map { "\($0)" } ?? "none",
        ]
    }

    /// One mode, or one for each host where they differ.
    private var shownMode: String {
        let modes = hosts.map { sslMode(for: $0).rawValue }
        return Set(modes).count == 1 ? modes[0] : modes.joined(separator: ",")
    }

    /// The settings as `keyword=value`, without those that are empty and with the password redacted.
    public var description: String {
        shown.compactMap { name, value in
            let text = "\(value)"
            return text.isEmpty ? nil : "\(name)=\(text)"
        }.joined(separator: " ")
    }

    public var debugDescription: String { description }

    // `dump` and the like walk the mirror, not the description.
    public var customMirror: Mirror {
        Mirror(self, children: shown.map { (label: $0.key, value: $0.value) }, displayStyle: .struct)
    }
}
