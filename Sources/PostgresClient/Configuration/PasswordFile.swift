public import PostgresWire

/// A password file: lines `host:port:database:user:password`, of which the first that fits gives the password.
///
/// Each of the first four fields may be `*`, which fits everything. A backslash stands before a `:` or a backslash that
/// belongs to a field. Lines that begin with `#` are comments.
///
/// ```swift
/// let file = PasswordFile(Array("db.example:*:bank:app:correct horse\n".utf8))
/// print(file.password(host: "db.example", port: 26257, database: "bank", user: "app")?.count ?? 0)  // 13
/// ```
///
/// Source: PostgreSQL manual, "The Password File".
public struct PasswordFile: Sendable {
    private let bytes: [UInt8]

    /// Takes a file's bytes.
    public init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// The password for a session.
    ///
    /// - Parameters:
    ///   - host: the host's name, `localhost` for the default Unix sockets, or the address where there is no name.
    ///   - port: the port.
    ///   - database: the database.
    ///   - user: the role.
    /// - Returns: the password, or `nil` if no line fits or the first that does has an empty one.
    public func password(host: String, port: Int, database: String, user: String) -> Secret? {
        let wanted = [host, String(port), database, user].map { Array($0.utf8) }
        let lines = bytes.split(separator: UInt8(ascii: "\n"))
        for var line in lines {
            while line.last == UInt8(ascii: "\r") { line.removeLast() }
            // A NUL would end the line for whoever reads it in C.
            guard line.first != UInt8(ascii: "#"), !line.contains(0), let rest = Self.rest(of: line, after: wanted)
            else { continue }
            let password = Self.unescaped(rest)
            return password.isEmpty ? nil : Secret(password)
        }
        return nil
    }

    /// What follows the fields, if they are the ones that are wanted.
    private static func rest(of line: ArraySlice<UInt8>, after wanted: [[UInt8]]) -> ArraySlice<UInt8>? {
        var rest = line
        for field in wanted {
            guard let next = Self.rest(of: rest, after: field) else { return nil }
            rest = next
        }
        return rest
    }

    private static func rest(of line: ArraySlice<UInt8>, after wanted: [UInt8]) -> ArraySlice<UInt8>? {
        if line.starts(with: "*:".utf8) { return line.dropFirst(2) }
        var rest = line
        for byte in wanted {
            // A colon that is wanted needs no backslash: people write `::1` as it is.
            if rest.first == UInt8(ascii: "\\") { rest.removeFirst() }
            guard rest.first == byte else { return nil }
            rest.removeFirst()
        }
        return rest.first == UInt8(ascii: ":") ? rest.dropFirst() : nil
    }

    /// A password as it is meant; another colon ends it.
    private static func unescaped(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
        var result: [UInt8] = []
        var index = bytes.startIndex
        while index < bytes.endIndex, bytes[index] != UInt8(ascii: ":") {
            if bytes[index] == UInt8(ascii: "\\"), index + 1 < bytes.endIndex { index += 1 }
            result.append(bytes[index])
            index += 1
        }
        return result
    }
}
