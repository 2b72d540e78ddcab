import ManticoreTesting
import PostgresClient
import Testing

@testable import PostgresWire

/// SASLprep against real servers: what they take for the same password, we do too.
// Guard: Sources/PostgresWire/Authentication/SaltedPasswordRequest.swift: `SASLprep.prepare(password)`
@Suite(.ownThread) struct PreparedPasswordTests {
    /// A password as a role has it, spellings that open it and others that do not; the first four are the cases of
    /// PostgreSQL's own test 002_saslprep.
    private static let cases: [(stored: String, same: [String], other: [String])] = [
        ("IX", ["I\u{AD}X", "\u{2168}"], ["I X"]),
        ("\u{AA}", ["a"], ["\u{BA}"]),
        ("foo\u{07}bar", [], ["foobar"]),
        ("foo\u{627}1bar", [], ["foo1\u{627}bar", "foo\u{FE8D}1bar"]),
        ("caf\u{E9}", ["cafe\u{301}"], ["cafe"]),
        ("a\u{A0}b", ["a b", "a\u{3000}b", "a\u{2060} b"], ["ab"]),
        ("\u{FB1D}", ["\u{5D9}\u{5B4}"], ["\u{5D9}"]),
        ("\u{AD}", [], ["\u{AD}\u{AD}"]),
        ("\u{1F600}e\u{301}", [], ["\u{1F600}\u{E9}"]),
        ("\u{AC01}", ["\u{1100}\u{1161}\u{11A8}"], ["\u{AC00}"]),
        ("\u{FF21}\u{FB01}", ["Afi"], ["AFI"]),
        ("q\u{307}\u{323}", ["q\u{323}\u{307}"], ["q\u{307}"]),
    ]

    @Test(arguments: AuthenticationServer.majors, Face.allCases)
    func equivalentSpellingsLogIn(_ major: Int, _ face: Face) async throws {
        let superuser = try await AuthenticationServer.superuser(major)
        for (index, (stored, same, other)) in Self.cases.enumerated() {
            let role = "prepared_\(index)_\(face)"
            try await superuser.simpleQuery(SQL(unsafeSQL: "CREATE ROLE \(role) LOGIN PASSWORD '\(stored)'"))
            for password in [stored] + same {
                let configuration = try AuthenticationServer.configuration(major, role, password: password)
                #expect(
                    try await Client.connect(configuration, face).answers(), "\(stored.unicodeScalars.map(\.value))")
            }
            for password in other {
                let configuration = try AuthenticationServer.configuration(major, role, password: password)
                let error = await failure { try await Client.connect(configuration, face) }
                #expect(error?.sqlState == .invalidPassword)
            }
        }
        superuser.close()
    }

    /// What the server stores for a password, for 200 mixtures, is what we would derive for it.
    @Test(arguments: AuthenticationServer.majors)
    func serversDeriveTheSameKeys(_ major: Int) async throws {
        let superuser = try await AuthenticationServer.superuser(major)
        defer { superuser.close() }
        try await superuser.simpleQuery(
            """
            CREATE ROLE mixture LOGIN;
            CREATE FUNCTION pg_temp.verifier(password text) RETURNS text LANGUAGE plpgsql AS $$
            BEGIN
                EXECUTE format('ALTER ROLE mixture PASSWORD %L', password);
                RETURN (SELECT rolpassword FROM pg_catalog.pg_authid WHERE rolname = 'mixture');
            END $$
            """)
        if major >= 16 { try await superuser.execute("SET scram_iterations = 16") }
        let ranges: [ClosedRange<UInt32>] = [
            0x20...0x7E, 0xA0...0x24F, 0x2B0...0x36F, 0x300...0x345, 0x370...0x3FF, 0x590...0x5F4, 0x600...0x6FF,
            0x900...0x9FF, 0xF00...0xFFF, 0x1100...0x11FF, 0x1E00...0x1FFF, 0x2000...0x214F, 0x3000...0x30FF,
            0xAC00...0xAFFF, 0xF900...0xFFEF, 0x1D100...0x1D7FF, 0x2F800...0x2FA1D,
        ]
        var random = SystemRandomNumberGenerator()
        for _ in 0..<200 {
            let pools = (0..<2).map { _ in ranges.randomElement(using: &random) ?? 0x300...0x36F }
            let scalars = (0..<Int.random(in: 1...6)).compactMap { _ in
                UnicodeScalar(UInt32.random(in: pools.randomElement(using: &random) ?? 0x41...0x5A, using: &random))
            }
            let password = "\u{E9}" + String(String.UnicodeScalarView(scalars))
            let stored = try await superuser.query("SELECT pg_temp.verifier(\(password))", as: String.self)
            // SCRAM-SHA-256$<iterations>:<salt>$<stored key>:<server key>
            let fields = try #require(stored.first).split { $0 == "$" || $0 == ":" }
            try #require(fields.count == 5)
            let request = SaltedPasswordRequest(
                password: Secret(password), salt: try #require(Base64.decode(Array(fields[2].utf8))),
                iterations: try #require(Int(fields[1])))
            let keys = try SCRAMKeys(saltedPassword: try request.saltedPassword())
            #expect(
                Base64.encode(keys.serverKey.copyBytes()) == Array(fields[4].utf8),
                "\(password.unicodeScalars.map { String($0.value, radix: 16) })")
        }
        try await superuser.execute("DROP ROLE mixture")
    }
}
