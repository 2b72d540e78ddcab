@testable import PostgresWire

/// The exchange of RFC 7677, section 3, and its variants.
enum SCRAMExample {
    static let password = "pencil"
    static let clientNonce = "rOprNGfwEbeRWgbNEkqO"
    static let nonce = Base64.decode(Array(clientNonce.utf8)) ?? []
    static let combinedNonce = "rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0"
    static let salt = "W22ZaJ0SNY7soEsUEjb6gQ=="
    static let serverFirst = "r=\(combinedNonce),s=\(salt),i=4096"
    /// Of the exchange without a user name, as PostgreSQL's clients have it.
    static let proof = "qvT2SWdEH5Q06albL+hjSYuUhCG7VndFyzIb7CK4n9k="
    static let serverFinal = "v=3HO6Qt1M4MKJrmlKaoOqLAI0/0TV0HZe7J9H3MBtSOg="

    static func client(
        _ binding: SCRAMClient.ChannelBinding = .none, user: String = "", cap: Int = 200_000
    ) -> SCRAMClient {
        SCRAMClient(
            password: Secret(password), nonce: nonce, channelBinding: binding, maximumIterations: cap, userName: user)
    }

    static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }
}
