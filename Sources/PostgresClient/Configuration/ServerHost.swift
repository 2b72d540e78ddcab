public import PostgresWire

/// One of the servers that a configuration names: where it is, and how it is reached.
///
/// ```swift
/// let server = ServerHost("db.example", port: 26257)
/// print(server)  // db.example:26257
/// ```
///
/// Source: PostgreSQL manual, "Specifying Multiple Hosts".
public struct ServerHost: Sendable, CustomStringConvertible {
    /// A host name, a numeric address or the directory of a Unix socket; empty if only ``address`` says where to.
    public var name: String
    /// The numeric address to connect to, in place of resolving ``name`` (`hostaddr`).
    public var address: String?
    /// The TCP port, or the number in the Unix socket's name.
    public var port: Int
    /// The password that the password file has for this server; the configuration's own comes before it.
    public var filePassword: Secret?

    /// The port where nobody gives one.
    public static let defaultPort = 5432

    /// Names a server; nothing is looked up or checked before connecting.
    ///
    /// - Parameters:
    ///   - name: a host name, a numeric address or the directory of a Unix socket; empty with an address alone.
    ///   - address: the numeric address to connect to, in place of resolving the name.
    ///   - port: 1 to 65535.
    public init(_ name: String, address: String? = nil, port: Int = ServerHost.defaultPort) {
        self.name = name
        self.address = address
        self.port = port
    }

    /// Whether the connection goes over a Unix socket: the name is a path and no numeric address is given.
    public var isUnixSocket: Bool { address == nil && name.utf8.first == UInt8(ascii: "/") }

    /// Whether the connection stays on this machine over TCP: the literals 127.0.0.0/8 and ::1 and the name
    /// `localhost`, judged before anything is resolved. With ``address``, both it and a given name must be such.
    public var isLoopback: Bool {
        guard let address else { return NumericAddress.isLoopback(name) }
        return NumericAddress.isLoopback(address) && (name.isEmpty || NumericAddress.isLoopback(name))
    }

    /// The path of the Unix socket, `<directory>/.s.PGSQL.<port>`; `nil` if the connection is not over one.
    public var socketPath: String? { isUnixSocket ? ServerHost.socketPath(directory: name, port: port) : nil }

    /// What errors and logs call the server: `host:port`, an IPv6 address in brackets, or the socket's path.
    public var description: String {
        if let socketPath { return socketPath }
        let shown = name.isEmpty ? address ?? "" : name
        return shown.utf8.contains(UInt8(ascii: ":")) ? "[\(shown)]:\(port)" : "\(shown):\(port)"
    }

    /// Whether the name has an `@` in it, as the rest of a password has whose own was not percent-encoded: then the
    /// name may be shown to nobody.
    var mayHoldPassword: Bool { name.utf8.first != UInt8(ascii: "/") && name.utf8.contains(UInt8(ascii: "@")) }

    /// What keeps the server from being connected to, and the keyword that says so.
    func complaint() -> (keyword: String, reason: String)? {
        // An @ at the beginning alone is an abstract socket's.
        if mayHoldPassword, name.utf8.dropFirst().contains(UInt8(ascii: "@")) {
            return ("host", "it holds an @, which no host name does; in the password of a URI, @ is written %40")
        }
        guard (1...65535).contains(port) else { return ("port", "not a whole number from 1 to 65535") }
        if name.utf8.first == UInt8(ascii: "@") {
            return ("host", "it names an abstract Unix socket, which is not supported")
        }
        if let address {
            // A link-local address may say which interface.
            let literal = address.utf8.prefix { $0 != UInt8(ascii: "%") }
            guard let bytes = NumericAddress.bytes(String(Substring(literal))),
                bytes.count == 16 || literal.count == address.utf8.count
            else { return ("hostaddr", "not a numeric IPv4 or IPv6 address; a name belongs into host") }
        } else if name.isEmpty {
            return ("host", "none is given")
        }
        if let socketPath, socketPath.utf8.count > Self.maximumSocketPathLength {
            return (
                "host",
                "the path of the Unix socket has \(socketPath.utf8.count) bytes, of which a socket's address holds "
                    + "\(Self.maximumSocketPathLength)"
            )
        }
        return nil
    }

    /// The longest path that a Unix socket's address holds, in bytes.
    static let maximumSocketPathLength = 107

    static func socketPath(directory: String, port: Int) -> String {
        directory.utf8.last == UInt8(ascii: "/")
            ? "\(directory).s.PGSQL.\(port)" : "\(directory)/.s.PGSQL.\(port)"
    }
}
