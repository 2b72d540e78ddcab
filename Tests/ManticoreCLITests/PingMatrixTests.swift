import Foundation
import ManticoreTesting
import PostgresClient
import PostgresWire
import Testing

/// `manticore ping` and `psql`, given the same connection string, agree on whether to connect and whether over TLS, for
/// every sslmode, what a server does about TLS and what is known of its certificate; what differs on purpose is listed.
@Suite(
    .serialized,
    .enabled(
        if: ProgramRun.psqlVersion >= 16,
        "psql 16 or newer is not installed; older ones know neither sslrootcert=system nor require_auth"))
struct PingMatrixTests {
    private typealias Outcome = SessionOutcome

    private enum Server: String, CaseIterable {
        case withoutTLS = "no TLS configured"
        case withTLS = "TLS offered"
        case onlyTLS = "hostssl only"
        case onlyClear = "hostnossl only"
        case error = "answers an error"
        case garbage = "answers garbage"
        case close = "closes"

        /// What a certificate could matter to; the others get the first few.
        var showsCertificate: Bool { [.withTLS, .onlyTLS, .onlyClear].contains(self) }

        var role: String {
            switch self {
            case .onlyTLS: "onlytls"
            case .onlyClear: "onlyclear"
            default: "anyone"
            }
        }
    }

    private enum Roots: String, CaseIterable {
        case none = "no root file"
        case right = "right root"
        case otherHost = "right root, other host"
        case inHome = "right root in the home directory"
        case wrong = "wrong root"
        case expired = "expired certificate"
        case systemByDefault = "no root file, trusted by the system"
        case system = "sslrootcert=system, trusted by it"

        var isForEveryServer: Bool { [.none, .right, .otherHost].contains(self) }
    }

    private static let modes: [String?] = [nil, "disable", "allow", "prefer", "require", "verify-ca", "verify-full"]

    private struct Cell: CustomStringConvertible {
        let mode: String?
        let server: Server
        let roots: Roots

        var description: String { "sslmode \(mode ?? "not given"), \(server.rawValue), \(roots.rawValue)" }

        /// The exit status of `ping` that goes with a refusal: the server, or what it shows, is refused; or it hangs up
        /// before it has said anything; or the string contradicts itself.
        var refusal: Int32 {
            if roots == .system, let mode, mode != "verify-full" { return 3 }
            return server == .close ? 2 : 1
        }
    }

    /// Cells in which the two differ, and by which letter of "Where it differs from libpq".
    private struct Difference {
        let reason: Character
        let modes: [String?]
        let servers: [Server]
        let roots: Roots
        let ping: Outcome
        let psql: Outcome

        func covers(_ cell: Cell) -> Bool {
            modes.contains(cell.mode) && servers.contains(cell.server) && roots == cell.roots
        }
    }

    private static let differences = [
        // Without sslmode another host than this machine means verify-full, and the name is not the certificate's.
        Difference(
            reason: "a", modes: [nil], servers: [.withTLS, .onlyTLS], roots: .otherHost, ping: .refuses, psql: .tls),
        Difference(
            reason: "a", modes: [nil], servers: [.withoutTLS, .onlyClear], roots: .otherHost, ping: .refuses,
            psql: .clear
        ),
        // Without a file of roots the system's are taken.
        Difference(
            reason: "b", modes: ["verify-ca", "verify-full"], servers: [.withTLS, .onlyTLS], roots: .systemByDefault,
            ping: .tls, psql: .refuses),
    ]

    /// The servers and files that the cells share.
    private struct Surroundings {
        let scratch: Scratch
        let plain: EphemeralPostgres
        let secure: EphemeralPostgres
        let expired: EphemeralPostgres
        let expiredAuthority: String
        let fronts: [Server: NegotiationFront]

        init() async throws {
            scratch = try Scratch()
            let certificate = try await ExpiredCertificate(in: scratch)
            expiredAuthority = certificate.authority
            let plain = EphemeralPostgres.Options(hostBasedAuthentication: ["host all all 127.0.0.1/32 trust"])
            var secure = EphemeralPostgres.Options(
                hostBasedAuthentication: [
                    "hostnossl all onlytls 127.0.0.1/32 reject", "hostssl all onlyclear 127.0.0.1/32 reject",
                    "host all clear 127.0.0.1/32 password", "host all hashed 127.0.0.1/32 md5",
                    "host all all 127.0.0.1/32 trust",
                ], tls: true)
            self.plain = try await .start(plain)
            self.secure = try await .start(secure)
            secure.certificates = .init(certificateFile: certificate.certificate, keyFile: certificate.key)
            expired = try await .start(secure)
            let port = self.secure.port
            fronts = [
                .error: try NegotiationFront(before: port, .error),
                .garbage: try NegotiationFront(before: port, .garbage),
                .close: try NegotiationFront(before: port, .close),
            ]
            for server in [self.plain, self.secure, expired] {
                let admin = try await Connection.connect(to: ConnectionConfiguration(url: server.socketURL))
                defer { admin.close() }
                try await admin.simpleQuery(
                    """
                    CREATE ROLE anyone LOGIN; CREATE ROLE onlytls LOGIN; CREATE ROLE onlyclear LOGIN;
                    CREATE ROLE clear LOGIN PASSWORD 'letmein';
                    SET password_encryption = 'md5'; CREATE ROLE hashed LOGIN PASSWORD 'letmein';
                    """)
            }
            let root = try String(contentsOfFile: authority, encoding: .utf8)
            try scratch.write("home/.postgresql/root.crt", root)
            try scratch.write("empty/.keep", "")
        }

        var authority: String { secure.caCertificateFile ?? "" }

        func end() async {
            for front in fronts.values { front.stop() }
            for server in [plain, secure, expired] { await server.stop() }
            scratch.remove()
        }

        func url(_ cell: Cell) -> String {
            let port =
                switch cell.server {
                case .withoutTLS: plain.port
                case .withTLS, .onlyTLS, .onlyClear: cell.roots == .expired ? expired.port : secure.port
                case .error, .garbage, .close: fronts[cell.server]?.port ?? 0
                }
            var settings = ["hostaddr=127.0.0.1"]
            if let mode = cell.mode { settings.append("sslmode=" + mode) }
            switch cell.roots {
            case .right, .otherHost: settings.append("sslrootcert=" + authority)
            // Of the same kind, but another authority's.
            case .wrong: settings.append("sslrootcert=" + expiredAuthority)
            case .expired: settings.append("sslrootcert=" + expiredAuthority)
            case .system: settings.append("sslrootcert=system")
            case .none, .inHome, .systemByDefault: break
            }
            let host = cell.roots == .otherHost ? "db.example" : "127.0.0.1"
            return "postgresql://\(cell.server.role)@\(host):\(port)/postgres?" + settings.joined(separator: "&")
        }

        func environment(_ roots: Roots) -> [String: String] {
            var variables = ["HOME": scratch.path + (roots == .inHome ? "/home" : "/empty"), "LC_ALL": "C"]
            if roots == .system || roots == .systemByDefault {
                variables["SSL_CERT_FILE"] = authority
                variables["SSL_CERT_DIR"] = scratch.path + "/empty"
            }
            return variables
        }
    }

    private static var cells: [Cell] {
        var cells: [Cell] = []
        for server in Server.allCases {
            for roots in Roots.allCases where server.showsCertificate || roots.isForEveryServer {
                cells += modes.map { Cell(mode: $0, server: server, roots: roots) }
            }
        }
        return cells
    }

    @Test func everyCell() async throws {
        let surroundings = try await Surroundings()
        let cells = Self.cells
        let outcomes = try await cells.mapped { cell in
            let url = surroundings.url(cell)
            let environment = surroundings.environment(cell.roots)
            let ping = try await SessionAttempt.ping(url, environment, refusals: [cell.refusal])
            let psql = try await SessionAttempt.psql(url, environment)
            return (ping: ping.outcome, psql: psql.outcome, text: "ping: \(ping.text)psql: \(psql.text)")
        }
        #expect(outcomes.count == cells.count)
        for (cell, outcome) in zip(cells, outcomes) {
            if let difference = Self.differences.first(where: { $0.covers(cell) }) {
                #expect(outcome.ping == difference.ping, "\(cell), by (\(difference.reason)): \(outcome.text)")
                #expect(outcome.psql == difference.psql, "\(cell), by (\(difference.reason)): \(outcome.text)")
            } else {
                #expect(outcome.ping == outcome.psql, "\(cell): \(outcome.text)")
            }
            // Where everything is right both must come in, or all the refusals say nothing.
            if cell.mode == "verify-full", cell.server == .withTLS, cell.roots == .right {
                #expect(outcome.ping == .tls && outcome.psql == .tls, "\(cell): \(outcome.text)")
            }
        }
        // The table must show each of the three somewhere, or the servers are not what they are called.
        for outcome in [Outcome.refuses, .clear, .tls] { #expect(outcomes.contains { $0.ping == outcome }) }
        for server in [Server.error, .garbage, .close] {
            #expect((surroundings.fronts[server]?.requestCount ?? 0) > 0)
        }
        await surroundings.end()
    }

    /// How a server asks for the password, where libpq goes along and this client does not.
    private struct Question: CustomStringConvertible {
        let role: String
        let host: String
        let settings: String
        let ping: Outcome
        let psql: Outcome

        var description: String { "\(role) at \(host), \(settings)" }
    }

    private static let questions = [
        // A password in clear or hashed with MD5 is for this machine, or for who has shown a certificate.
        Question(role: "clear", host: "127.0.0.1", settings: "sslmode=disable", ping: .clear, psql: .clear),
        Question(role: "hashed", host: "127.0.0.1", settings: "sslmode=disable", ping: .clear, psql: .clear),
        Question(role: "clear", host: "db.example", settings: "sslmode=disable", ping: .refuses, psql: .clear),
        Question(role: "hashed", host: "db.example", settings: "sslmode=disable", ping: .refuses, psql: .clear),
        Question(role: "clear", host: "db.example", settings: "sslmode=require", ping: .refuses, psql: .tls),
        Question(role: "hashed", host: "db.example", settings: "sslmode=require", ping: .refuses, psql: .tls),
        Question(
            role: "clear", host: "db.example", settings: "sslmode=require&require_auth=password", ping: .tls, psql: .tls
        ),
        Question(
            role: "hashed", host: "db.example", settings: "sslmode=require&require_auth=md5", ping: .tls, psql: .tls),
        Question(
            role: "hashed", host: "127.0.0.1", settings: "require_auth=scram-sha-256", ping: .refuses, psql: .refuses),
        Question(role: "clear", host: "127.0.0.1", settings: "channel_binding=require", ping: .refuses, psql: .refuses),
        // Who has a password is asked for it, or let in by an impostor.
        Question(role: "anyone", host: "127.0.0.1", settings: "sslmode=disable", ping: .refuses, psql: .clear),
        Question(role: "anyone", host: "127.0.0.1", settings: "sslmode=require", ping: .refuses, psql: .tls),
        Question(
            role: "anyone", host: "127.0.0.1", settings: "sslmode=disable&require_auth=none", ping: .clear, psql: .clear
        ),
    ]

    @Test func authentication() async throws {
        let surroundings = try await Surroundings()
        for question in Self.questions {
            let url =
                "postgresql://\(question.role)@\(question.host):\(surroundings.secure.port)/postgres"
                + "?hostaddr=127.0.0.1&" + question.settings
            var environment = surroundings.environment(.none)
            environment["PGPASSWORD"] = "letmein"
            let ping = try await SessionAttempt.ping(url, environment, refusals: [1])
            let psql = try await SessionAttempt.psql(url, environment)
            #expect(ping.outcome == question.ping, "\(question): \(ping.text)")
            #expect(psql.outcome == question.psql, "\(question): \(psql.text)")
            #expect(!ping.text.contains("letmein"))
        }
        await surroundings.end()
    }
}
