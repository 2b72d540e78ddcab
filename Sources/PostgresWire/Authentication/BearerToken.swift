/// The client's side of OAUTHBEARER.
///
/// Source: RFC 7628, section 3; RFC 6750, section 2.1.
enum BearerToken {
    static let mechanism = "OAUTHBEARER"

    /// What acknowledges the server's report of an error, on which the server then ends the exchange.
    static let acknowledgement: [UInt8] = [1]

    /// The initial response with the token in it.
    ///
    /// - Throws: ``PostgresError/Code/authenticationFailed`` if the token has characters that a token cannot have, which
    ///   would begin another field of the message.
    static func initialResponse(_ token: Secret) throws(PostgresError) -> [UInt8] {
        var bytes = token.copyBytes()
        defer { Digests.wipe(&bytes) }
        let body = bytes.prefix { !isPadding($0) }
        guard !body.isEmpty, body.allSatisfy(isAllowed), bytes.dropFirst(body.count).allSatisfy(isPadding) else {
            throw PostgresError(
                .authenticationFailed,
                "the token is empty or has other characters than letters, digits, -._~+/ and = at its end")
        }
        return Array("n,,\u{1}auth=Bearer ".utf8) + bytes + [1, 1]
    }

    private static func isPadding(_ byte: UInt8) -> Bool { byte == UInt8(ascii: "=") }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
            UInt8(ascii: "~"), UInt8(ascii: "+"), UInt8(ascii: "/"):
            true
        default:
            false
        }
    }
}
