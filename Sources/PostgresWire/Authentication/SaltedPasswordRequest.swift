/// The slow step of SCRAM, to be run wherever blocking for it does no harm.
///
/// The result depends on these three values only: whoever connects often keeps the ``SCRAMKeys`` made from it.
public struct SaltedPasswordRequest: Sendable {
    /// The password as it was configured.
    public let password: Secret
    /// The salt that the server gave.
    public let salt: [UInt8]
    /// How often to hash, already checked against the client's cap.
    public let iterations: Int

    /// Prepares the password (SASLprep) and runs PBKDF2, which takes about 2 ms for PostgreSQL's default of 4096 iterations and 0.1 s for 200,000.
    ///
    /// - Throws: ``PostgresError/Code/authenticationFailed`` if OpenSSL refuses.
    public func saltedPassword() throws(PostgresError) -> Secret {
        try Digests.pbkdf2SHA256(password: SASLprep.prepare(password), salt: salt, iterations: iterations)
    }
}
