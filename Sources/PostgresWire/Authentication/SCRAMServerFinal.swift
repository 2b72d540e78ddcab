/// The server's final message of SCRAM, checked for form.
///
/// Source: RFC 5802, section 7, server-final-message.
struct SCRAMServerFinal {
    /// The server's signature, 32 bytes.
    let signature: [UInt8]

    /// The errors that the standard names; no other text of an unproved server is shown.
    private static let errors = [
        "invalid-encoding", "extensions-not-supported", "invalid-proof", "channel-bindings-dont-match",
        "server-does-support-channel-binding", "channel-binding-not-supported",
        "unsupported-channel-binding-type", "unknown-user", "invalid-username-encoding", "no-resources",
    ]

    init(_ message: [UInt8]) throws(PostgresError) {
        if message.starts(with: "e=".utf8) {
            let attributes = try SCRAMAttributes(message, names: ["e"]).list
            let name = Self.errors.first { $0.utf8.elementsEqual(attributes[0].value) } ?? "other-error"
            throw PostgresError(.authenticationFailed, "the server ended SCRAM with the error \(name)")
        }
        let attributes = try SCRAMAttributes(message, names: ["v"]).list
        guard let signature = Base64.decode(attributes[0].value), signature.count == Digests.sha256Length else {
            throw SCRAMAttributes.malformed("has a signature that is not 32 bytes of Base64")
        }
        self.signature = signature
    }
}
