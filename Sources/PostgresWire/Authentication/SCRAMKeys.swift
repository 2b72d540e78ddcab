/// What SCRAM needs of a password for one salt and iteration count: worth keeping, and as secret as the password.
///
/// Source: RFC 5802, section 3.
public struct SCRAMKeys: Sendable {
    let clientKey: Secret
    let serverKey: Secret

    /// Derives the keys.
    ///
    /// - Parameter saltedPassword: What ``SaltedPasswordRequest/saltedPassword()`` returned.
    /// - Throws: ``PostgresError/Code/authenticationFailed`` if OpenSSL refuses.
    public init(saltedPassword: Secret) throws(PostgresError) {
        var clientKey = try Digests.hmacSHA256(key: saltedPassword, "Client Key".utf8)
        var serverKey = try Digests.hmacSHA256(key: saltedPassword, "Server Key".utf8)
        self.clientKey = Secret(clientKey)
        self.serverKey = Secret(serverKey)
        Digests.wipe(&clientKey)
        Digests.wipe(&serverKey)
    }
}
