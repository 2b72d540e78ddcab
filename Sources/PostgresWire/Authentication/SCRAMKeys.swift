/// What SCRAM needs of a password for one salt and iteration count: worth keeping, and as secret as the password.
///
/// Source: RFC 5802, section 3.
public struct SCRAMKeys: Sendable {
    let clientKey: Secret
    let serverKey: Secret

    /// Takes keys that were derived elsewhere, 32 bytes each.
    ///
    /// - Throws: ``PostgresError/Code/invalidConfiguration`` if one has another length.
    public init(clientKey: Secret, serverKey: Secret) throws(PostgresError) {
        for (name, key) in [("scram_client_key", clientKey), ("scram_server_key", serverKey)] {
            guard key.count == Digests.sha256Length else {
                throw PostgresError(
                    .invalidConfiguration, "\(name) is \(key.count) bytes long, not \(Digests.sha256Length)")
            }
        }
        self.clientKey = clientKey
        self.serverKey = serverKey
    }

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
