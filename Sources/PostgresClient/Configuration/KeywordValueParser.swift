import PostgresWire

/// Reads `keyword=value` lists as libpq does: blanks around `=`, quoted values, backslash before any character.
struct KeywordValueParser {
    private let bytes: [UInt8]
    private var offset = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    private var current: UInt8? { offset < bytes.count ? bytes[offset] : nil }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }

    private mutating func skipBlanks() {
        while let byte = current, Self.isBlank(byte) { offset += 1 }
    }

    mutating func parse() throws(PostgresError) -> [ConnectionString.Entry] {
        var entries: [ConnectionString.Entry] = []
        var hasSecret = false
        skipBlanks()
        while current != nil {
            let start = offset
            while let byte = current, byte != UInt8(ascii: "="), !Self.isBlank(byte) { offset += 1 }
            let given = String(decoding: bytes[start..<offset], as: UTF8.self)
            skipBlanks()
            guard current == UInt8(ascii: "=") else {
                throw ConnectionString.failure("a keyword without = and a value", at: start)
            }
            offset += 1
            guard ConnectionKeyword.named(ConnectionString.translated(given, "").keyword) != nil else {
                throw ConnectionString.unknownKeyword(given, at: start, mayShow: !hasSecret)
            }
            skipBlanks()
            let position = offset + 1
            let (name, value) = ConnectionString.translated(given, try value())
            guard let keyword = ConnectionKeyword.named(name) else { continue }
            hasSecret = hasSecret || keyword.isSecret
            entries.append(ConnectionString.Entry(keyword: keyword, value: value, position: position))
            skipBlanks()
        }
        return entries
    }

    private mutating func value() throws(PostgresError) -> String {
        let start = offset
        let isQuoted = current == UInt8(ascii: "'")
        if isQuoted { offset += 1 }
        var value: [UInt8] = []
        while let byte = current {
            if isQuoted ? byte == UInt8(ascii: "'") : Self.isBlank(byte) { break }
            offset += 1
            if byte != UInt8(ascii: "\\") {
                value.append(byte)
            } else if let escaped = current {
                value.append(escaped)
                offset += 1
            }
        }
        if isQuoted {
            guard current != nil else {
                throw ConnectionString.failure("a quoted value without its closing quote", at: start)
            }
            offset += 1
        }
        // Cut at ASCII characters only, so what was UTF-8 still is.
        return String(decoding: value, as: UTF8.self)
    }
}
