/// The answer to a server that asks for a password hashed with MD5, which PostgreSQL deprecates.
///
/// ```swift
/// let answer = try MD5Password.hash(password: Secret("secret"), user: "app", salt: [1, 2, 3, 4])
/// ```
public enum MD5Password {
    /// `md5` and 32 hexadecimal digits: the hash of the salt behind the hash of the user's name behind the password.
    ///
    /// - Throws: ``PostgresError/Code/authenticationFailed`` if OpenSSL refuses MD5, as it does in FIPS mode.
    ///
    /// Source: PostgreSQL manual, "Message Flow", AuthenticationMD5Password.
    public static func hash(password: Secret, user: String, salt: [UInt8]) throws(PostgresError) -> [UInt8] {
        var input = password.copyBytes()
        input.append(contentsOf: user.utf8)
        defer { Digests.wipe(&input) }
        let inner = hexadecimal(try Digests.md5(input))
        return Array("md5".utf8) + hexadecimal(try Digests.md5(inner + salt))
    }

    private static func hexadecimal(_ bytes: [UInt8]) -> [UInt8] {
        let digits = Array("0123456789abcdef".utf8)
        return bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 0xF)]] }
    }
}
