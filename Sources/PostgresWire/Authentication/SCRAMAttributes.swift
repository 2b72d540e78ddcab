/// A SCRAM message of the server, split at its commas and checked for form.
///
/// Source: RFC 5802, section 7.
struct SCRAMAttributes {
    /// The attributes in their order.
    let list: [(name: UInt8, value: ArraySlice<UInt8>)]

    /// Splits a message into the attributes of `names`, in that order and once each, and optional extensions.
    init(_ message: [UInt8], names: [Unicode.Scalar]) throws(PostgresError) {
        guard message.count <= SCRAMClient.maximumMessageLength else {
            throw Self.malformed("is longer than \(SCRAMClient.maximumMessageLength) bytes")
        }
        var list: [(name: UInt8, value: ArraySlice<UInt8>)] = []
        var seen: Set<UInt8> = []
        for part in message.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false) {
            guard let name = part.first, Self.isLetter(name), part.dropFirst().first == UInt8(ascii: "=") else {
                throw Self.malformed("has an attribute without a name")
            }
            // RFC 5802: whoever does not know a mandatory extension fails the authentication.
            guard name != UInt8(ascii: "m") else { throw Self.malformed("demands an extension that is not supported") }
            guard seen.insert(name).inserted else { throw Self.malformed("has an attribute twice") }
            if list.count < names.count {
                guard name == UInt8(ascii: names[list.count]) else {
                    throw Self.malformed("lacks its attribute \(names[list.count])")
                }
            } else if Self.reserved.contains(name) {
                throw Self.malformed("has an attribute that does not belong there")
            }
            list.append((name, part.dropFirst(2)))
        }
        guard list.count >= names.count else {
            throw Self.malformed("lacks its attribute \(names[list.count])")
        }
        self.list = list
    }

    private static let reserved = Set("anrcsipve".utf8)

    private static func isLetter(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
    }

    static func malformed(_ what: String) -> PostgresError {
        PostgresError(.authenticationFailed, "the server's SCRAM message \(what)")
    }
}
