import ManticoreTesting
import PostgresClient
import PostgresWire
import Testing

@testable import ManticoreCLI

/// What a user reads when a connection does not come about: which server, what happened, and what to change.
@Suite struct PingFailureTests {
    private struct Report: Decodable {
        struct Failure: Decodable { let code: String, sqlstate: String?, message: String, host: String? }
        let status: String, error: Failure, advice: String?
    }

    /// Runs `ping`, which must fail, and looks for words in what it complains about.
    private func ping(
        _ url: String, status: Int32 = 1, state: SQLState? = nil, says words: [String],
        hides secret: String = "letmein",
        environment: [String: String] = [:], sourceLocation: Testing.SourceLocation = #_sourceLocation
    ) async throws {
        let run = try await CommandRun.run(["ping", "--json", "--url", url], environment: environment)
        #expect(run.status == status, "\(run.error)", sourceLocation: sourceLocation)
        for word in words { #expect(run.error.contains(word), "\(word): \(run.error)", sourceLocation: sourceLocation) }
        #expect(!(run.error + run.output).contains(secret), sourceLocation: sourceLocation)
        let report = try run.json(Report.self)
        #expect(report.error.sqlstate == state?.rawValue, sourceLocation: sourceLocation)
        #expect(report.error.host.map { run.error.contains($0) } == true, sourceLocation: sourceLocation)
        if let advice = report.advice {
            #expect(run.error.contains("to do: " + advice), sourceLocation: sourceLocation)
        }
    }

    @Test func aServerThatIsNotReady() async throws {
        let server = try await EphemeralPostgres.start(.init(settings: ["hot_standby": "off"]))
        // A standby that lets nobody look: as far as clients can tell, a server that is starting.
        let create = try await ProgramRun.run("/bin/sh", ["-c", ": >\(server.dataDirectory)/standby.signal"])
        #expect(create.status == 0)
        try await server.restart()
        try await ping(
            server.url, state: .cannotConnectNow, says: ["127.0.0.1:\(server.port)", "try again"],
            hides: server.password)
        await server.stop()
    }

    @Test func noPlaceLeft() async throws {
        let server = try await EphemeralPostgres.start(
            .init(settings: ["max_connections": "2", "superuser_reserved_connections": "1", "max_wal_senders": "0"]))
        let admin = try await Connection.connect(to: ConnectionConfiguration(url: server.socketURL))
        try await admin.execute("CREATE ROLE few LOGIN PASSWORD 'letmein' CONNECTION LIMIT 0")
        let limited = server.url.replacing("postgres:\(server.password)@", with: "few:letmein@")
        try await ping(
            limited, state: .tooManyConnections,
            says: ["127.0.0.1:\(server.port)", "few", "CONNECTION LIMIT", "pooler"])
        let second = try await Connection.connect(to: ConnectionConfiguration(url: server.socketURL))
        try await ping(
            server.url, state: .tooManyConnections, says: ["127.0.0.1:\(server.port)", "max_connections", "pooler"],
            hides: server.password)
        admin.close()
        second.close()
        await server.stop()
    }

    @Test func whatDoesNotExistThere() async throws {
        try await EphemeralPostgres.withServer { server in
            let place = "127.0.0.1:\(server.port)"
            let database = server.url.replacing("/postgres?", with: "/nosuch?")
            try await ping(
                database, state: .invalidCatalogName, says: [place, "nosuch", "PGDATABASE"], hides: server.password)
            let unnamed = server.url.replacing("/postgres?", with: "/?")
            #expect(try await CommandRun.run(["ping", "--url", unnamed]).status == 0)
            let admin = try await Connection.connect(to: ConnectionConfiguration(url: server.socketURL))
            try await admin.execute("CREATE ROLE lonely LOGIN PASSWORD 'letmein'")
            admin.close()
            let lonely = "postgresql://lonely:letmein@\(place)/?sslmode=disable"
            try await ping(
                lonely, state: .invalidCatalogName, says: [place, "lonely", "without one it is", "user's name"])
            let role = "postgresql://nosuch:letmein@\(place)/postgres?sslmode=disable"
            try await ping(role, state: .invalidPassword, says: [place, "nosuch", "role that does not exist"])
            let password = "postgresql://postgres:letmein@\(place)/postgres?sslmode=disable"
            try await ping(password, state: .invalidPassword, says: [place, "postgres", "PGPASSWORD", "password file"])
            let none = "postgresql://postgres@\(place)/postgres?sslmode=disable"
            try await ping(none, says: [place, "PGPASSWORD", "password file"])
            let noTLS = "postgresql://postgres:letmein@\(place)/postgres?sslmode=require"
            try await ping(noTLS, says: [place, "does not support TLS", "sslmode=disable"])
        }
    }

    @Test func whoIsNotLetIn() async throws {
        let lines = ["host all banned 127.0.0.1/32 reject"]
        try await EphemeralPostgres.withServer(.init(hostBasedAuthentication: lines)) { server in
            try await ping(
                "postgresql://banned:letmein@127.0.0.1:\(server.port)/postgres?sslmode=disable",
                state: .invalidAuthorizationSpecification, says: ["127.0.0.1:\(server.port)", "banned", "pg_hba.conf"])
        }
    }

    @Test func nobodyThere() async throws {
        try await ping(
            "postgresql://app:letmein@127.0.0.1:1/app?sslmode=disable", status: 2,
            says: ["127.0.0.1:1", "refused", "host and port", "listen_addresses"])
        try await ping(
            "postgresql://app:letmein@no-such-host.invalid:5433/app", status: 2,
            says: ["no-such-host.invalid:5433", "resolved", "spelled"])
        try await ping(
            "postgresql:///app?host=/nosuch/folder&user=app&password=letmein", status: 2,
            says: ["/nosuch/folder/.s.PGSQL.5432", "unix_socket_directories"])
        // Each of several hosts with its own reason.
        try await ping(
            "postgresql://app:letmein@127.0.0.1:1,no-such-host.invalid:5433/app?sslmode=disable", status: 2,
            says: ["127.0.0.1:1", "refused", "no-such-host.invalid:5433", "resolved", "check how each host"])
    }

    @Test func somebodyElseThere() async throws {
        let server = try ScriptedServer([
            .receiveStartup, .send(bytes: Array("HTTP/1.1 400 Bad Request\r\n\r\n".utf8)), .receiveToEnd,
        ])
        try await ping(
            "postgresql://app:letmein@127.0.0.1:\(server.port)/app?sslmode=disable",
            says: ["127.0.0.1:\(server.port)", "check host and port"])
        let silent = try ScriptedServer([.receiveToEnd])
        try await ping(
            "postgresql://app:letmein@127.0.0.1:\(silent.port)/app?sslmode=disable&connect_timeout=2", status: 2,
            says: ["127.0.0.1:\(silent.port)", "connect_timeout"])
    }

    @Test func certificatesThatAreNoGood() async throws {
        let scratch = try Scratch()
        let expired = try await ExpiredCertificate(in: scratch)
        let home = ["HOME": scratch.path]
        var options = EphemeralPostgres.Options(hostBasedAuthentication: ["host all all 127.0.0.1/32 trust"], tls: true)
        options.certificates = .init(certificateFile: expired.certificate, keyFile: expired.key)
        let server = try await EphemeralPostgres.start(options)
        let place = "127.0.0.1:\(server.port)"
        let url = "postgresql://postgres@\(place)/postgres?sslmode=verify-full"
        try await ping(
            url + "&sslrootcert=" + expired.authority, says: [place, "expired", "localhost"], environment: home)
        // Whose authority nobody here knows.
        try await ping(url, says: [place, "localhost", "system", "sslrootcert"], environment: home)
        // Who does not look sees in the report what is wrong.
        let run = try await CommandRun.run(
            ["ping", "--url", "postgresql://postgres@\(place)/postgres?sslmode=require"], environment: home)
        #expect(run.status == 0)
        #expect(run.output.contains("2021-01-01, EXPIRED "))
        #expect(run.output.contains("verified      no, "))
        await server.stop()
        scratch.remove()
    }

    @Test func daysOfACertificate() {
        let day: Int64 = 86_400
        #expect(CertificateExpiry(start: 0, end: 100 * day, now: 70 * day) == .valid(days: 30))
        #expect(CertificateExpiry(start: 0, end: 100 * day, now: 70 * day + 1) == .endsSoon(days: 29))
        #expect(CertificateExpiry(start: nil, end: 100 * day, now: 100 * day) == .endsSoon(days: 0))
        #expect(CertificateExpiry(start: 0, end: 100 * day, now: 102 * day) == .expired(days: 2))
        #expect(CertificateExpiry(start: 90 * day, end: 100 * day, now: 80 * day) == .notYetValid)
        #expect(CertificateExpiry(start: nil, end: .min, now: .max) != .valid(days: 0))
        #expect(CertificateExpiry(start: 0, end: 100 * day, now: 99 * day).text == "WARNING: only 1 day left")
    }
}
