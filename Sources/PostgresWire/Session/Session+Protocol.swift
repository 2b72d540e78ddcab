extension Session {
    /// Takes the server's answer to the version and the options that the startup message asked for.
    ///
    /// ```swift
    /// var session = Session(protocolVersion: Frontend.StartupMessage.version32)
    /// try session.negotiate(.init(newestVersion: Frontend.StartupMessage.version30))
    /// print(session.protocolVersion == Frontend.StartupMessage.version30)  // true
    /// ```
    ///
    /// - Parameters:
    ///   - answer: What the server can do.
    ///   - options: The startup parameters beginning with `_pq_.` that were sent.
    /// - Throws: ``PostgresError/Code-swift.struct/protocolViolation`` if the version is higher than the one asked for or none that
    ///   exists, an option was not asked for, or the answer changes nothing.
    ///
    /// Source: PostgreSQL manual, "Message Formats", NegotiateProtocolVersion; libpq's `pqGetNegotiateProtocolVersion3`.
    public mutating func negotiate(
        _ answer: Backend.NegotiateProtocolVersion, askedFor options: [String] = []
    ) throws(PostgresError) {
        let version = answer.newestVersion
        guard version <= protocolVersion else {
            throw Self.badNegotiation("offers version \(Self.name(version)), more than was asked for")
        }
        // 3.1 was skipped, for poolers answered it with nonsense.
        guard version == Frontend.StartupMessage.version30 || version == Frontend.StartupMessage.version32 else {
            throw Self.badNegotiation("offers version \(Self.name(version)), which does not exist")
        }
        for name in answer.unrecognizedOptions {
            guard options.contains(where: { $0.utf8.elementsEqual(name.utf8) }) else {
                throw Self.badNegotiation("refuses an option that was not asked for")
            }
        }
        guard version < protocolVersion || !answer.unrecognizedOptions.isEmpty else {
            throw Self.badNegotiation("asks for no change")
        }
        protocolVersion = version
    }

    private static func badNegotiation(_ what: String) -> PostgresError {
        PostgresError(.protocolViolation, "the server's answer to the protocol's version is invalid: it \(what)")
    }

    private static func name(_ version: UInt32) -> String { "\(version >> 16).\(version & 0xFFFF)" }

    /// Keeps what a CancelRequest must name; a second one replaces the first.
    ///
    /// - Throws: ``PostgresError/Code-swift.struct/protocolViolation`` if the key is not as long as the protocol's version has it:
    ///   4 bytes in 3.0, up to 256 from 3.2 on.
    public mutating func setBackendKey(_ key: Backend.BackendKeyData) throws(PostgresError) {
        let isLong = protocolVersion >= Frontend.StartupMessage.version32
        let allowed = isLong ? Backend.BackendKeyData.keyLengths : 4...4
        guard allowed.contains(key.key.count) else {
            throw PostgresError(
                .protocolViolation,
                "the server sent a cancel key of \(key.key.count) bytes; protocol \(Self.name(protocolVersion)) has "
                    + (isLong ? "4 to 256" : "4"))
        }
        backendKey = key
    }
}
