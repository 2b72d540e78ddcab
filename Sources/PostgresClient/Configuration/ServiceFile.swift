public import PostgresWire

/// A service file: named groups of connection settings.
///
/// A group begins with `[name]` and holds lines `keyword=value`, without blanks around `=`; the first of several lines
/// for one keyword counts. Lines that begin with `#` are comments. LDAP lines are not supported.
///
/// ```swift
/// let file = ServiceFile(Array("[bank]\nhost=db.example\nport=26257\n".utf8), path: "pg_service.conf")
/// let settings = try file.settings(of: "bank")
/// print(settings?.map(\.keyword.name) ?? [])  // ["host", "port"]
/// ```
///
/// Source: PostgreSQL manual, "The Connection Service File".
public struct ServiceFile: Sendable {
    /// A setting and the line that gives it, counted from 1.
    public struct Setting: Sendable {
        /// The keyword; each is there once.
        public let keyword: ConnectionKeyword
        /// Its value, which may be a password.
        public let value: String
        /// The line.
        public let line: Int
    }

    /// The longest line that libpq reads, without its end.
    private static let maximumLineLength = 1021

    private let bytes: [UInt8]
    private let path: String

    /// Takes a file's bytes; `path` is what errors call it.
    public init(_ bytes: [UInt8], path: String) {
        self.bytes = bytes
        self.path = path
    }

    /// The settings of a group.
    ///
    /// - Returns: the settings in the order of the file, or `nil` if there is no such group.
    /// - Throws: ``PostgresError`` of the code `invalidConfiguration` that names file and line, but never shows a value,
    ///   if a line of the group is malformed, names another service or LDAP; and of a line that is too long before it.
    public func settings(of service: String) throws(PostgresError) -> [Setting]? {
        var found: [Setting]?
        var number = 0
        var rest = bytes[...]
        while !rest.isEmpty {
            let end = rest.firstIndex(of: UInt8(ascii: "\n")) ?? rest.endIndex
            let text = rest[..<end]
            rest = rest[end...].dropFirst()
            number += 1
            guard text.count <= Self.maximumLineLength else {
                throw failure(number, "the line is longer than \(Self.maximumLineLength) bytes")
            }
            let line = Self.trimmed(text)
            guard let first = line.first, first != UInt8(ascii: "#") else { continue }
            if first == UInt8(ascii: "[") {
                if let found { return found }
                let name = line.dropFirst()
                let isWanted =
                    name.starts(with: service.utf8) && name.dropFirst(service.utf8.count).first == UInt8(ascii: "]")
                if isWanted { found = [] }
            } else if found != nil {
                let setting = try setting(line, number)
                if found?.contains(where: { $0.keyword == setting.keyword }) == false { found?.append(setting) }
            }
        }
        return found
    }

    private func setting(_ line: ArraySlice<UInt8>, _ number: Int) throws(PostgresError) -> Setting {
        guard !line.contains(0) else { throw failure(number, "a NUL character is not allowed") }
        if line.starts(with: "ldap".utf8) { throw failure(number, "settings from LDAP are not supported") }
        guard let equals = line.firstIndex(of: UInt8(ascii: "=")) else {
            throw failure(number, "a line without =")
        }
        guard let keyword = ConnectionKeyword.all.first(where: { $0.name.utf8.elementsEqual(line[..<equals]) }) else {
            throw failure(number, "what stands before = is no keyword; blanks around = are not allowed")
        }
        guard keyword.name != "service" else { throw failure(number, "a service cannot name another") }
        guard let value = String(validating: line[(equals + 1)...], as: UTF8.self) else {
            throw failure(number, "the value of \(keyword) is not UTF-8")
        }
        return Setting(keyword: keyword, value: value, line: number)
    }

    private func failure(_ line: Int, _ reason: String) -> PostgresError {
        PostgresError(.invalidConfiguration, "the service file \(path) is malformed at line \(line): \(reason)")
    }

    private static func trimmed(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        let isBlank = { (byte: UInt8) in byte == 0x20 || (0x09...0x0D).contains(byte) }
        var bytes = bytes.drop(while: isBlank)
        while let last = bytes.last, isBlank(last) { bytes.removeLast() }
        return bytes
    }
}
