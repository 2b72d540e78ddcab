import ManticoreTesting
import Testing

/// What happens between client and server until they agree on encryption, for users, modes and ways to begin TLS.
///
/// - `ssluser` and `nossluser` may come only with or only without TLS.
/// - `asked` is asked for its password and knows it, `wrong` knows another, `unknowing` none.
/// - `unasked` knows one and is not asked; `lost` wants a database that does not exist.
///
/// `strong` are `require`, `verify-ca` and `verify-full`, `weak` all others.
struct NegotiationTable {
    private struct Row {
        let users: [String]
        let modes: [String]
        let negotiation: String
        let trace: String

        func covers(_ user: String, _ mode: String, _ negotiation: String) -> Bool {
            (users == ["*"] || users.contains(user)) && modes.contains(mode) && self.negotiation == negotiation
        }
    }

    static let users = [
        "anyuser", "ssluser", "nossluser", "asked", "wrong", "unknowing", "unasked", "lost",
    ]
    static let modes = ["-", "disable", "allow", "prefer", "require", "verify-ca", "verify-full"]

    /// What happens with a server that speaks TLS.
    static let withTLS = NegotiationTable(
        """
        # USER                  SSLMODE                EVENTS -> OUTCOME
        anyuser,asked           disable,allow postgres connect, authok -> plain
        anyuser,asked,ssluser   -,prefer      postgres connect, sslaccept, authok -> ssl
        anyuser,asked,ssluser   strong        postgres connect, sslaccept, authok -> ssl
        anyuser,asked,ssluser   strong        direct   connect, directsslaccept, authok -> ssl
        ssluser                 disable       postgres connect, authfail -> fail
        ssluser                 allow         postgres connect, authfail, reconnect, sslaccept, authok -> ssl
        nossluser               disable,allow postgres connect, authok -> plain
        nossluser               -,prefer      postgres connect, sslaccept, authfail, reconnect, authok -> plain
        nossluser,wrong         strong        postgres connect, sslaccept, authfail -> fail
        nossluser,wrong         strong        direct   connect, directsslaccept, authfail -> fail
        wrong                   disable       postgres connect, authfail -> fail
        wrong                   allow         postgres connect, authfail, reconnect, sslaccept, authfail -> fail
        wrong                   -,prefer      postgres connect, sslaccept, authfail, reconnect, authfail -> fail
        unknowing               disable,allow postgres connect -> fail
        unknowing               -,prefer      postgres connect, sslaccept -> fail
        unknowing               strong        postgres connect, sslaccept -> fail
        unknowing               strong        direct   connect, directsslaccept -> fail
        unasked,lost            disable,allow postgres connect, authok -> fail
        unasked,lost            -,prefer      postgres connect, sslaccept, authok -> fail
        unasked,lost            strong        postgres connect, sslaccept, authok -> fail
        unasked,lost            strong        direct   connect, directsslaccept, authok -> fail
        *                       weak          direct   -> fail
        """)

    /// What happens with one that does not.
    static let withoutTLS = NegotiationTable(
        """
        # USER                  SSLMODE                EVENTS -> OUTCOME
        anyuser,asked,nossluser disable,allow postgres connect, authok -> plain
        anyuser,asked,nossluser -,prefer      postgres connect, sslreject, authok -> plain
        ssluser,wrong           disable       postgres connect, authfail -> fail
        ssluser,wrong           allow         postgres connect, authfail, reconnect, sslreject -> fail
        ssluser,wrong           -,prefer      postgres connect, sslreject, authfail -> fail
        unknowing               disable,allow postgres connect -> fail
        unknowing               -,prefer      postgres connect, sslreject -> fail
        unasked,lost            disable,allow postgres connect, authok -> fail
        unasked,lost            -,prefer      postgres connect, sslreject, authok -> fail
        *                       strong        postgres connect, sslreject -> fail
        *                       strong        direct   connect, directsslreject -> fail
        *                       weak          direct   -> fail
        """)

    private let rows: [Row]

    private init(_ text: String) {
        let groups = ["weak": Array(Self.modes.prefix(4)), "strong": Array(Self.modes.suffix(3))]
        rows = text.split(separator: "\n").filter { !$0.hasPrefix("#") }.map { line in
            let words = line.split(separator: " ", maxSplits: 3, omittingEmptySubsequences: true).map(String.init)
            return Row(
                users: words[0].split(separator: ",").map(String.init),
                modes: words[1].split(separator: ",").map(String.init).flatMap { groups[$0] ?? [$0] },
                negotiation: words[2], trace: String(words[3].drop { $0 == " " }))
        }
    }

    /// The events and the outcome with a server of this version.
    func trace(
        _ user: String, _ mode: String, _ negotiation: String, _ version: PostgresVersion
    ) throws -> String {
        let found = rows.filter { $0.covers(user, mode, negotiation) }
        try #require(found.count == 1, "\(user), \(mode), \(negotiation)")
        // Servers before PostgreSQL 17 do not know TLS at once.
        guard negotiation == "direct", version.major < 17, found[0].trace != "-> fail" else { return found[0].trace }
        return "connect, directsslreject -> fail"
    }
}
