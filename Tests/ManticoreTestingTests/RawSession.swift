import PostgresWire

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// As much of the protocol as tells that a server is there: the start without a password, simple queries of one column.
final class RawSession {
    struct Failure: Error, CustomStringConvertible {
        var description: String
    }

    private let descriptor: Int32

    #if canImport(Glibc)
        private static let stream = Int32(SOCK_STREAM.rawValue)
    #else
        private static let stream = SOCK_STREAM
    #endif

    /// Connects to a Unix socket.
    init(socket path: String) throws {
        descriptor = socket(AF_UNIX, Self.stream, 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { bytes in
            unsafe bytes.copyBytes(from: path.utf8.prefix(bytes.count - 1))
        }
        try connect(&address, MemoryLayout<sockaddr_un>.size, path)
    }

    /// Connects to a port of 127.0.0.1.
    init(port: Int) throws {
        descriptor = socket(AF_INET, Self.stream, 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        address.sin_port = UInt16(port).bigEndian
        try connect(&address, MemoryLayout<sockaddr_in>.size, "port \(port)")
    }

    private func connect<Address>(_ address: inout Address, _ size: Int, _ name: String) throws {
        let code = unsafe withUnsafeMutablePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                #if canImport(Glibc)
                    unsafe Glibc.connect(descriptor, pointer, socklen_t(size))
                #elseif canImport(Musl)
                    unsafe Musl.connect(descriptor, pointer, socklen_t(size))
                #else
                    unsafe Darwin.connect(descriptor, pointer, socklen_t(size))
                #endif
            }
        }
        if code != 0 { throw Failure(description: "connecting to \(name) gave error \(errno)") }
    }

    deinit { close(descriptor) }

    /// What the server answers to an SSLRequest, `S` or `N`.
    func askForTLS() throws -> Character {
        try send(integer(8) + integer(80_877_103))
        return Character(UnicodeScalar(try receive(1)[0]))
    }

    /// Starts a session; returns the authentication request, 0 when none is needed.
    func start(user: String, database: String) throws -> Int {
        var body = integer(196_608)
        for text in ["user", user, "database", database] { body += Array(text.utf8) + [0] }
        body.append(0)
        try send(integer(body.count + 4) + body)
        while true {
            let (type, bytes) = try message()
            if type == "E" { throw Failure(description: String(decoding: bytes, as: UTF8.self)) }
            if type == "R" {
                let request = Int(bytes[3])
                if request != 0 { return request }
            }
            if type == "Z" { return 0 }
        }
    }

    /// Sends a query and does not wait for its end.
    func begin(_ sql: String) throws {
        let body = Array(sql.utf8) + [0]
        try send([UInt8(ascii: "Q")] + integer(body.count + 4) + body)
    }

    /// The first column of a query's rows.
    func query(_ sql: String) throws -> [String] {
        try begin(sql)
        var rows: [String] = []
        var failure: Failure?
        while true {
            let (type, bytes) = try message()
            switch type {
            case "D": rows.append(String(decoding: bytes.dropFirst(6), as: UTF8.self))
            case "E": failure = Failure(description: String(decoding: bytes, as: UTF8.self))
            case "Z":
                if let failure { throw failure }
                return rows
            default: break
            }
        }
    }

    private func integer(_ value: Int) -> [UInt8] {
        [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) }
    }

    private func send(_ bytes: [UInt8]) throws {
        #if canImport(Darwin)
            let flags: Int32 = 0
        #else
            let flags = Int32(MSG_NOSIGNAL)
        #endif
        let count = unsafe bytes.withUnsafeBytes { bytes in
            #if canImport(Glibc)
                unsafe Glibc.send(descriptor, bytes.baseAddress, bytes.count, flags)
            #elseif canImport(Musl)
                unsafe Musl.send(descriptor, bytes.baseAddress, bytes.count, flags)
            #else
                unsafe Darwin.send(descriptor, bytes.baseAddress, bytes.count, flags)
            #endif
        }
        if count != bytes.count { throw Failure(description: "sending gave error \(errno)") }
    }

    private func message() throws -> (Character, [UInt8]) {
        let head = try receive(5)
        let length = head.dropFirst().reduce(0) { $0 << 8 | Int($1) }
        return (Character(UnicodeScalar(head[0])), try receive(length - 4))
    }

    private func receive(_ count: Int) throws -> [UInt8] {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: max(count, 1))
        while bytes.count < count {
            let got = unsafe read(descriptor, &chunk, count - bytes.count)
            if got <= 0 { throw Failure(description: "the connection ended") }
            bytes += chunk.prefix(got)
        }
        return bytes
    }
}
