/// Which roots a server's certificate may descend from, as asked for by `sslrootcert`.
///
/// ``ConnectionConfiguration/rootStore(environment:system:)`` turns it into the store to be opened.
public enum RootCertificates: Hashable, Sendable, CustomStringConvertible {
    /// `~/.postgresql/root.crt` if it exists, else the system's.
    case `default`
    /// The system's (`sslrootcert=system`).
    case system
    /// The certificates in the PEM file at this path.
    case file(String)

    public var description: String {
        switch self {
        case .default: "default"
        case .system: "system"
        case .file(let path): path
        }
    }
}
