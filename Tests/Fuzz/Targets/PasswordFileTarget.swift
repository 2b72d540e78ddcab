import PostgresClient

@testable import PostgresWire

/// Password files, and what libpq finds in the same file for the same session.
///
/// The input is the host, the database and the user, each after the byte that says how long it is, two bytes for the
/// port, then the file.
enum PasswordFileTarget: FuzzTarget {
    static let name = "password-file"
    static let maximumLength = 192

    /// A folder that there is not, as which libpq gets each host, so that it connects to nothing.
    private static let folder = "/nonexistent/"
    private static let file = FileInMemory()

    static func run(_ input: [UInt8]) throws {
        let whole = input
        var input = InputReader(input)
        let texts = [input.counted(), input.counted(), input.counted()]
        let port = Int(input.byte()) << 8 | Int(input.byte())
        let bytes = input.rest()
        let fields = texts.compactMap { String(validating: $0, as: UTF8.self) }
        guard fields.count == 3 else { return }
        let (database, user) = (fields[1], fields[2])
        let passwords = PasswordFile(bytes)
        for host in [fields[0], folder + fields[0], ""] {
            let found = passwords.password(host: host, port: port, database: database, user: user)
            try require(found?.isEmpty != true, "an empty password")
        }
        guard whole.isSampled(oneIn: 8), let libpq = Libpq.complete, let file, port > 0,
            !texts.contains(where: { $0.contains(0) || $0.isEmpty }),
            !bytes.contains(0), !texts[0].contains(UInt8(ascii: ","))
        else { return }
        try require(file.write(bytes), "the file cannot be written")
        let attempt = libpq.attempt([
            ("host", [UInt8](text: folder + fields[0])), ("port", [UInt8](text: String(port))), ("dbname", texts[1]),
            ("user", texts[2]), ("passfile", [UInt8](text: file.path)),
        ])
        let found = passwords.password(host: folder + fields[0], port: port, database: database, user: user)
        try require(
            found?.copyBytes() ?? [] == attempt.password,
            "the password is \(String(describing: found?.copyBytes())), in libpq \(attempt.password)")
    }

    private static func seed(_ host: String, _ port: UInt16, _ database: String, _ user: String, _ file: String)
        -> [UInt8]
    {
        [host, database, user].flatMap { [UInt8](text: $0).counted } + [
            UInt8(port >> 8), UInt8(truncatingIfNeeded: port),
        ]
            + [UInt8](text: file)
    }

    static let seeds: [[UInt8]] =
        [
            "/nonexistent/h:5432:bank:app:secret\n", "*:*:*:*:any\n", "*:5432:*:app:x",
            "# comment\n\n*:*:*:*:after\r\n",
            "/nonexistent/h:*:bank:app:with\\:colon\\\\and:rest\n", "/nonexistent/\\h:5432:b\\ank:app:escaped\n",
            "/nonexistent/h:5432:bank:app:\n*:*:*:*:second\n", "/nonexistent/h:5432:bank\n*:*:*:*:x\\", "*:*:*:*:\\",
            "*:*:*:*x:y\n",
            "*:*:*:app:\u{e9}\u{301}\n", "**:*:*:*:x\n*:*:*:*", "\r\n*:*:*:*:p\rq\r\r\n", ":::::\n", "*:*:*:*:*:*",
            " *:*:*:*:x\n#*:*:*:*:y",
        ].map { seed("h", 5432, "bank", "app", $0) } + [
            seed("a:b\\c", 1, "d:e", "f\\", "/nonexistent/a\\:b\\\\c:1:d\\:e:f\\\\:ok\n"),
            seed("a:b", 1, "d", "f", "/nonexistent/a:b:1:d:f:ok\n"), seed("::1", 65535, "*", "*", "*:65535:\\*:*:ok\n"),
        ]

    static let dictionary: [[UInt8]] = [
        "/nonexistent/h:", "*:", "*:*:*:*:", ":5432:", "bank:", "app:", "\\:", "\\\\", "\\", "#", "\n", "\r\n", "\\*",
    ].map { [UInt8](text: $0) }
}
