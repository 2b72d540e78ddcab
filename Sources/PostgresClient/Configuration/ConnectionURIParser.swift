import PostgresWire

/// Reads `postgresql://[user[:password]@][host][:port][,…][/dbname][?keyword=value&…]` as libpq does.
struct ConnectionURIParser {
    private let bytes: [UInt8]
    private var offset = 0
    private var entries: [ConnectionString.Entry] = []

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    private var current: UInt8? { offset < bytes.count ? bytes[offset] : nil }

    /// Moves on to the first of the characters, or to the end; what was passed.
    private mutating func upTo(_ stops: String) -> Range<Int> {
        let start = offset
        while let byte = current, !stops.utf8.contains(byte) { offset += 1 }
        return start..<offset
    }

    private mutating func skip(_ character: Character) -> Bool {
        guard let byte = current, byte == character.asciiValue else { return false }
        offset += 1
        return true
    }

    mutating func parse() throws(PostgresError) -> [ConnectionString.Entry] {
        offset = ConnectionString.schemes.first { bytes.starts(with: $0.utf8) }?.utf8.count ?? 0
        let authority = offset
        _ = upTo("@/")
        let hasCredentials = current == UInt8(ascii: "@")
        offset = authority
        if hasCredentials {
            try append("user", upTo(":@"))
            if skip(":") { try append("password", upTo("@")) }
            _ = skip("@")
        }
        try parseHosts()
        if skip("/") { try append("dbname", upTo("?")) }
        if skip("?") { try parseQuery() }
        return entries
    }

    /// The hosts and ports as lists with commas, empty where every part is.
    private mutating func parseHosts() throws(PostgresError) {
        var hosts: [String] = []
        var ports: [String] = []
        let hostOffset = offset
        var portOffset = offset
        repeat {
            if skip("[") {
                let start = offset
                let host = upTo("]")
                guard current != nil else { throw failure("[ without its ]", at: start - 1) }
                guard !host.isEmpty else { throw failure("an empty IPv6 address", at: start) }
                offset += 1
                if let byte = current, !":/?,".utf8.contains(byte) {
                    throw failure("after ] only a port, a path, a query or another host can follow", at: offset)
                }
                hosts.append(try decoded(host))
            } else {
                hosts.append(try decoded(upTo(":/?,")))
            }
            if skip(":") {
                if ports.allSatisfy(\.isEmpty) { portOffset = offset }
                ports.append(try decoded(upTo("/?,")))
            } else {
                ports.append("")
            }
        } while skip(",")
        append("host", list: hosts, at: hostOffset)
        append("port", list: ports, at: portOffset)
    }

    private mutating func append(_ name: String, list: [String], at offset: Int) {
        let value = list.joined(separator: ",")
        guard !value.isEmpty, let keyword = ConnectionKeyword.named(name) else { return }
        let position = ConnectionString.position(of: offset, in: bytes)
        entries.append(ConnectionString.Entry(keyword: keyword, value: value, position: position))
    }

    private mutating func append(_ name: String, _ range: Range<Int>) throws(PostgresError) {
        append(name, list: [try decoded(range)], at: range.lowerBound)
    }

    private mutating func parseQuery() throws(PostgresError) {
        // An @ may end a password that holds an unencoded slash and question mark.
        let mayShow = !bytes.contains(UInt8(ascii: "@"))
        while current != nil {
            let nameRange = upTo("=&")
            guard skip("=") else { throw failure("a query parameter without =", at: nameRange.lowerBound) }
            let valueRange = upTo("=&")
            guard current != UInt8(ascii: "=") else {
                throw failure("a second = in a query parameter; %3D stands for the character", at: offset)
            }
            _ = skip("&")
            var name = try decoded(nameRange)
            var value = try decoded(valueRange)
            if name.utf8.elementsEqual("ssl".utf8), value.utf8.elementsEqual("true".utf8) {
                (name, value) = ("sslmode", "require")
            }
            guard let keyword = ConnectionKeyword.named(name) else {
                throw ConnectionString.unknownKeyword(name, at: nameRange.lowerBound, in: bytes, mayShow: mayShow)
            }
            let position = ConnectionString.position(of: valueRange.lowerBound, in: bytes)
            entries.append(ConnectionString.Entry(keyword: keyword, value: value, position: position))
        }
    }

    /// A part with its percent-encoding undone and the spaces around it dropped.
    private func decoded(_ range: Range<Int>) throws(PostgresError) -> String {
        let space = UInt8(ascii: " ")
        var index = range.lowerBound
        var end = range.upperBound
        while index < end, bytes[index] == space { index += 1 }
        while end > index, bytes[end - 1] == space { end -= 1 }
        var value: [UInt8] = []
        value.reserveCapacity(end - index)
        while index < end {
            let byte = bytes[index]
            guard byte != space else { throw failure("a space; %20 stands for it", at: index) }
            guard byte == UInt8(ascii: "%") else {
                value.append(byte)
                index += 1
                continue
            }
            guard end - index > 2, let high = Self.hexDigit(bytes[index + 1]), let low = Self.hexDigit(bytes[index + 2])
            else { throw failure("% without two hexadecimal digits; %25 stands for the character", at: index) }
            let character = high << 4 | low
            guard character != 0 else { throw failure("a NUL character is not allowed", at: index) }
            value.append(character)
            index += 3
        }
        guard let text = String(validating: value, as: UTF8.self) else {
            throw failure("what is percent-encoded is not UTF-8", at: range.lowerBound)
        }
        return text
    }

    private func failure(_ reason: String, at offset: Int) -> PostgresError {
        ConnectionString.failure(reason, at: offset, in: bytes)
    }

    private static func hexDigit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
