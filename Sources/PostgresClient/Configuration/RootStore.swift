/// The store of trusted roots that a connection opens; its description belongs into every error about trust.
///
/// Source: PostgreSQL manual, "Client Verification of Server Certificates".
public enum RootStore: Hashable, Sendable, CustomStringConvertible {
    /// The file that `sslrootcert` names; it must exist.
    case file(String)
    /// The file `root.crt` in the user's `.postgresql` directory, which was there.
    case userFile(String)
    /// The system's store.
    case system

    /// Whether the user named or placed a file, so that libpq verifies the chain in every mode that uses TLS.
    public var isFile: Bool { self != .system }

    /// The file; nil for the system's store.
    var path: String? {
        switch self {
        case .file(let path), .userFile(let path): path
        case .system: nil
        }
    }

    public var description: String {
        switch self {
        case .file(let path): "\(path) (sslrootcert)"
        case .userFile(let path): path
        case .system: "the system's root certificates"
        }
    }
}
