/// Why a server does not accept a token, from the JSON object that it sends.
///
/// Source: RFC 7628, section 3.2.2.
struct BearerTokenRefusal {
    /// The error, such as `invalid_token`.
    let status: String
    /// The scopes that a token would have to have.
    let scope: String?
    /// Where the issuer's configuration is.
    let openIDConfiguration: String?

    /// Reads the object; nil if it is none or has no text for `status`.
    init?(_ bytes: [UInt8]) {
        var reader = JSONObjectReader(bytes)
        guard let members = reader.members(), let status = members[Array("status".utf8)] else { return nil }
        self.status = Self.shown(status)
        scope = members[Array("scope".utf8)].map(Self.shown)
        openIDConfiguration = members[Array("openid-configuration".utf8)].map(Self.shown)
    }

    /// What the user is told.
    var error: PostgresError {
        var text = "the server refused the token: \(status)"
        if let scope, !scope.isEmpty { text += ", needed scope: \(scope)" }
        if let openIDConfiguration, !openIDConfiguration.isEmpty {
            text += ", issuer's configuration: \(openIDConfiguration)"
        }
        return PostgresError(.authenticationFailed, text)
    }

    /// Printable ASCII only, and not too much of it: the text comes from outside and goes to terminals and logs.
    private static func shown(_ bytes: [UInt8]) -> String {
        let printable = bytes.prefix(200).map { (0x20...0x7E).contains($0) ? $0 : UInt8(ascii: "?") }
        return String(decoding: printable, as: UTF8.self)
    }
}
