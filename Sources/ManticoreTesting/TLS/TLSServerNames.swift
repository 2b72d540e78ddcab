/// Which certificate a TLS server shows to a client that asks for a host name (SNI).
///
/// Names are compared without regard to case, as PostgreSQL's server does (its `pg_hosts.conf`).
///
/// ```swift
/// var names = TLSServerNames()
/// names["db.example"] = .init(certificateFile: "db.crt", keyFile: "db.key")
/// names.refusesOthers = true
/// ```
public struct TLSServerNames: Sendable {
    /// A certificate and its key.
    public struct Files: Sendable, Hashable {
        /// The certificate in PEM, and after it those that it descends from.
        public var certificateFile: String
        /// The certificate's key in PEM.
        public var keyFile: String

        public init(certificateFile: String, keyFile: String) {
            self.certificateFile = certificateFile
            self.keyFile = keyFile
        }
    }

    enum Answer {
        /// The certificate for clients that ask for no name.
        case usual
        case files(Files)
        /// The alert `unrecognized_name`.
        case unknown
    }

    private var files: [[UInt8]: Files] = [:]
    /// Whether a name that has no certificate of its own is refused by the alert `unrecognized_name`; if not, and
    /// for clients that send no name, the server's usual certificate is shown.
    public var refusesOthers = false

    public init() {}

    /// The certificate for a host name.
    public subscript(name: String) -> Files? {
        get { files[Self.folded(name.utf8)] }
        set { files[Self.folded(name.utf8)] = newValue }
    }

    private static func folded(_ name: some Sequence<UInt8>) -> [UInt8] {
        name.map { (0x41...0x5A).contains($0) ? $0 + 0x20 : $0 }
    }

    /// What to do about the body of a client's `server_name` extension; nil if it sent none (RFC 6066 section 3).
    func answer(to asked: [UInt8]?) -> Answer {
        // The list's length, the type of its first name, the name's length.
        guard let asked, asked.count > 5, asked[2] == 0 else { return .usual }
        let name = asked.dropFirst(5).prefix(Int(asked[3]) << 8 | Int(asked[4]))
        if let files = files[Self.folded(name)] { return .files(files) }
        return refusesOthers ? .unknown : .usual
    }
}
