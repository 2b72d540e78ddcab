import PostgresWire

/// Reads `postgresql://[user[:password]@][host][:port][,…][/dbname][?keyword=value&…]` as libpq does.
struct ConnectionURIParser {
    private let bytes: [UInt8]
    private var offset = 0
    private var entries: [ConnectionString.Entry] = []

    /// A part of the text, put together from pieces of it: its bytes, and where each of them stands.
    private struct Part {
        var bytes: [UInt8] = []
        var offsets: [Int] = []
        /// Where the part begins, commas before it aside, for complaints about all of it.
        private(set) var start: Int
        private var hasStarted = false

        init(at start: Int) { self.start = start }

        mutating func append(_ byte: UInt8, at offset: Int) {
            if !hasStarted {
                start = offset
                hasStarted = byte != UInt8(ascii: ",")
            }
            bytes.append(byte)
            offsets.append(offset)
        }
    }

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    private var current: UInt8? { offset < bytes.count ? bytes[offset] : nil }

    /// Moves on to the first of the characters, or to the end; what was passed.
    private mutating func upTo(_ stops: StaticString) -> Range<Int> {
        let start = offset
        while let byte = current, !Self.isOne(byte, of: stops) { offset += 1 }
        return start..<offset
    }

    private static func isOne(_ byte: UInt8, of characters: StaticString) -> Bool {
        characters.withUTF8Buffer { unsafe $0.contains(byte) }
    }

    private mutating func skip(_ character: Unicode.Scalar) -> Bool {
        guard let byte = current, byte == UInt8(ascii: character) else { return false }
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

    /// The hosts and ports as lists with commas. As in libpq the lists are decoded whole, so that a space beside a
    /// comma is an error.
    private mutating func parseHosts() throws(PostgresError) {
        var hosts = Part(at: offset)
        var ports = Part(at: offset)
        while true {
            let host: Range<Int>
            if skip("[") {
                let start = offset
                host = upTo("]")
                guard current != nil else { throw failure("[ without its ]", at: start - 1) }
                guard !host.isEmpty else { throw failure("an empty IPv6 address", at: start) }
                offset += 1
                if let byte = current, !Self.isOne(byte, of: ":/?,") {
                    throw failure("after ] only a port, a path, a query or another host can follow", at: offset)
                }
            } else {
                host = upTo(":/?,")
            }
            for index in host { hosts.append(bytes[index], at: index) }
            if skip(":") {
                for index in upTo("/?,") { ports.append(bytes[index], at: index) }
            }
            guard current == UInt8(ascii: ",") else { break }
            hosts.append(UInt8(ascii: ","), at: offset)
            ports.append(UInt8(ascii: ","), at: offset)
            offset += 1
        }
        try append("host", hosts)
        try append("port", ports)
    }

    private mutating func append(_ name: String, _ range: Range<Int>) throws(PostgresError) {
        var part = Part(at: range.lowerBound)
        part.bytes = Array(bytes[range])
        part.offsets = Array(range)
        try append(name, part)
    }

    // What is empty as it is written was not given, and the environment may give it.
    private mutating func append(_ name: String, _ part: Part) throws(PostgresError) {
        guard !part.bytes.isEmpty, let keyword = ConnectionKeyword.named(name) else { return }
        let value = try decoded(part)
        entries.append(ConnectionString.Entry(keyword: keyword, value: value, position: part.start + 1))
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
            (name, value) = ConnectionString.translated(name, value)
            guard let keyword = ConnectionKeyword.named(name) else {
                throw ConnectionString.unknownKeyword(name, at: nameRange.lowerBound, mayShow: mayShow)
            }
            entries.append(
                ConnectionString.Entry(keyword: keyword, value: value, position: valueRange.lowerBound + 1))
        }
    }

    private func decoded(_ range: Range<Int>) throws(PostgresError) -> String {
        var part = Part(at: range.lowerBound)
        part.bytes = Array(bytes[range])
        part.offsets = Array(range)
        return try decoded(part)
    }

    /// A part with its percent-encoding undone and the spaces around it dropped.
    private func decoded(_ part: Part) throws(PostgresError) -> String {
        let space = UInt8(ascii: " ")
        let bytes = part.bytes
        var index = 0
        var end = bytes.count
        while index < end, bytes[index] == space { index += 1 }
        while end > index, bytes[end - 1] == space { end -= 1 }
        var value: [UInt8] = []
        value.reserveCapacity(end - index)
        while index < end {
            let byte = bytes[index]
            guard byte != space else { throw failure("a space; %20 stands for it", at: part.offsets[index]) }
            guard byte == UInt8(ascii: "%") else {
                value.append(byte)
                index += 1
                continue
            }
            guard end - index > 2, let high = Self.hexDigit(bytes[index + 1]), let low = Self.hexDigit(bytes[index + 2])
            else {
                throw failure(
                    "% without two hexadecimal digits; %25 stands for the character", at: part.offsets[index])
            }
            let character = high << 4 | low
            guard character != 0 else { throw failure("a NUL character is not allowed", at: part.offsets[index]) }
            value.append(character)
            index += 3
        }
        guard let text = String(validating: value, as: UTF8.self) else {
            throw failure("what is percent-encoded is not UTF-8", at: part.start)
        }
        return text
    }

    private func failure(_ reason: String, at offset: Int) -> PostgresError {
        ConnectionString.failure(reason, at: offset)
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
