extension ConnectionConfiguration: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    private var shown: KeyValuePairs<String, Any> {
        [
            "host": host, "hostaddr": hostAddress ?? "", "port": port, "user": user,
            "password": password == nil ? "" : ConnectionSetting.redacted, "dbname": database,
            "sslmode": sslMode, "sslrootcert": rootCertificates, "application_name": applicationName ?? "",
            "options": options ?? "",
            "connect_timeout": connectTimeout.map { "\($0)" } ?? "none",
        ]
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
