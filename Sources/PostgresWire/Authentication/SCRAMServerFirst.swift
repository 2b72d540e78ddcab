/// The server's first message of SCRAM, checked.
///
/// Source: RFC 5802, section 7, server-first-message.
struct SCRAMServerFirst {
    /// The client's nonce and the server's behind it.
    let nonce: [UInt8]
    /// At least one byte.
    let salt: [UInt8]
    /// At least 1; a number too large for `Int` is the largest one.
    let iterations: Int

    init(_ message: [UInt8], clientNonce: [UInt8]) throws(PostgresError) {
        let attributes = try SCRAMAttributes(message, names: ["r", "s", "i"]).list

        let nonce = attributes[0].value
        guard nonce.count > clientNonce.count, Digests.areEqual(nonce.prefix(clientNonce.count), clientNonce) else {
            throw SCRAMAttributes.malformed("does not continue the client's nonce")
        }
        // Printable ASCII; a comma has been taken for a separator already.
        guard nonce.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw SCRAMAttributes.malformed("has a nonce with characters that are not printable")
        }
        self.nonce = Array(nonce)

        guard let salt = Base64.decode(attributes[1].value), !salt.isEmpty else {
            throw SCRAMAttributes.malformed("has a salt that is empty or not Base64")
        }
        self.salt = salt

        let count = attributes[2].value
        guard count.first != UInt8(ascii: "0"), !count.isEmpty,
            count.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) })
        else {
            throw SCRAMAttributes.malformed("has an iteration count that is no positive number")
        }
        // Int.max cannot be derived either: the key derivation takes 31 bits.
        iterations = Int(digits: count) ?? .max
    }
}
