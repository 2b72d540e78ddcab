import ManticoreTesting
import Testing

@Suite struct PingTests {
    private struct Report: Decodable {
        struct Server: Decodable { let product: String, version: String }
        struct TLS: Decodable {
            let version: String, cipher: String, subject: String?, verified: Bool
            let issuer: String?, names: [String], notBefore: String?, notAfter: String?, daysLeft: Int?, expiry: String?
            let hostVerified: Bool, roots: String?, clientCertificateSent: Bool
        }
        struct Failure: Decodable { let code: String, sqlstate: String?, message: String }
        let status: String
        let server: Server?, tls: TLS?, error: Failure?
        let host: String?, address: String?, database: String?, user: String?, authentication: String?
        let `protocol`: String?, channelBinding: Bool?
        let connectMs: Double?, roundTripMs: Double?
    }

    @Test func overTLS() async throws {
        try await EphemeralPostgres.withServer(.init(tls: true)) { server in
            let result = try await CommandRun.run(["ping", "--json", "--url", server.url])
            #expect(result.status == 0)
            #expect(result.error.isEmpty)
            let report = try result.json(Report.self)
            #expect(report.status == "connected")
            #expect(report.server?.product == "PostgreSQL")
            #expect(report.server?.version.hasPrefix("\(server.version)") == true)
            #expect(report.host == "127.0.0.1:\(server.port)")
            #expect(report.tls?.version == "TLSv1.3")
            #expect(report.tls?.cipher.hasPrefix("TLS_") == true)
            #expect(report.tls?.subject?.contains("localhost") == true)
            #expect(report.tls?.verified == true)
            #expect(report.tls?.hostVerified == true)
            #expect(report.tls?.issuer?.contains("Manticore test authority") == true)
            #expect(report.tls?.names.contains("127.0.0.1") == true && report.tls?.names.contains("localhost") == true)
            // Made a moment ago, and good for a week.
            #expect(report.tls?.daysLeft == 6)
            #expect(report.tls?.expiry == "ends soon")
            #expect(report.tls?.notAfter?.wholeMatch(of: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/) != nil)
            #expect(report.tls?.roots?.contains(server.caCertificateFile ?? "-") == true)
            #expect(report.tls?.clientCertificateSent == false)
            #expect(report.address == report.host && report.protocol == "3.0")
            #expect(report.authentication == "scram-sha-256" && report.channelBinding == true)
            #expect(report.user == "postgres" && report.database == "postgres")
            #expect((report.connectMs ?? 0) > (report.roundTripMs ?? .infinity))

            let text = try await CommandRun.run(["ping", "--count", "1", "--url", server.url])
            #expect(text.status == 0)
            #expect(text.output.contains("TLS             TLSv1.3, TLS_"))
            #expect(text.output.contains("  verified      yes, the host's name too"))
            #expect(text.output.contains("WARNING: only 6 days left"))
            #expect(text.output.contains("authentication  scram-sha-256 with channel binding"))
            #expect(!text.output.contains("\u{1B}"))
            #expect(!text.output.contains(server.password))

            let socket = try await CommandRun.run(["ping", "--json", "--url", server.socketURL]).json(Report.self)
            #expect(socket.tls == nil)
            #expect(socket.authentication == "none")
        }
    }

    @Test func protocolAndCertificateOfOurOwn() async throws {
        let lines = ["hostssl all postgres 127.0.0.1/32 cert"]
        try await EphemeralPostgres.withServer(.init(hostBasedAuthentication: lines, tls: true)) { server in
            let files = "&sslcert=\(server.clientCertificateFile ?? "")&sslkey=\(server.clientKeyFile ?? "")"
            let url = server.url.replacing(":\(server.password)@", with: "@") + files
            let report = try await CommandRun.run(["ping", "--json", "--url", url]).json(Report.self)
            #expect(report.tls?.clientCertificateSent == true)
            #expect(report.authentication == "none" && report.channelBinding == false)
            let named = url.replacing("@127.0.0.1:", with: "@localhost:") + "&hostaddr=127.0.0.1"
            let text = try await CommandRun.run(["ping", "--count", "1", "--url", named])
            #expect(text.output.contains("host            localhost:\(server.port) at 127.0.0.1\n"), "\(text.error)")
            #expect(text.output.contains("none asked for besides the client certificate"))
        }
    }

    @Test func coloursOnATerminal() async throws {
        try await EphemeralPostgres.withServer(.init(tls: true)) { server in
            let terminal = try PseudoTerminal(columns: 80)
            let scratch = try Scratch()
            let run = try CommandRun.start(
                ["ping", "--count", "1", "--url", server.url], environment: ["TERM": "xterm"], in: scratch.path,
                streams: scratch, output: terminal.terminal)
            #expect(await run.finish().status == 0)
            let text = terminal.text()
            #expect(text.contains("\u{1B}[33m"), "the end of the certificate is near")
            #expect(text.contains("\u{1B}[32myes, the host's name too\u{1B}[0m"))
            scratch.remove()
        }
    }

    @Test func refusalsAre1AndSilenceIs2() async throws {
        try await EphemeralPostgres.withServer { server in
            let wrong = server.url.replacing(server.password, with: "wrongpassword")
            let refused = try await CommandRun.run(["ping", "--json", "--url", wrong])
            #expect(refused.status == 1)
            #expect(refused.error.contains("28P01"))
            #expect(!(refused.error + refused.output).contains("wrongpassword"))
            let report = try refused.json(Report.self)
            #expect(report.status == "refused")
            #expect(report.error?.sqlstate == "28P01")
            let noDatabase = server.url.replacing("/postgres?", with: "/nosuch?")
            #expect(try await CommandRun.run(["ping", "--url", noDatabase]).status == 1)
            let noTLS = server.url.replacing("sslmode=disable", with: "sslmode=require")
            #expect(try await CommandRun.run(["ping", "--url", noTLS]).status == 1)
            await server.stop()
            let absent = try await CommandRun.run(["ping", "--json", "--url", server.url])
            #expect(absent.status == 2)
            #expect(try absent.json(Report.self).status == "no answer")
            #expect(absent.error.contains("127.0.0.1:\(server.port)"))
            #expect(!(absent.error + absent.output).contains(server.password))
        }
    }

    /// From the moment when the client is let in nothing but ping itself watches the clock.
    @Test(arguments: [[], [ScriptedServer.Step.receive(nil)]])
    func silenceAfterAuthenticationIs2(_ further: [ScriptedServer.Step]) async throws {
        let server = try ScriptedServer(ScriptedServer.acceptingSession + further + [.receiveToEnd])
        let url = "postgresql://app@127.0.0.1:\(server.port)/app?sslmode=disable&connect_timeout=2"
        let start = ContinuousClock.now
        let run = try await CommandRun.run(["ping", "--json", "--no-env-file", "--url", url])
        let took = ContinuousClock.now - start
        #expect(run.status == 2, "\(run.error)")
        #expect(try run.json(Report.self).status == "no answer")
        #expect(run.error.contains("answered no query"), "\(run.error)")
        #expect(took >= .seconds(2), "\(took)")
    }

    @Test(arguments: ["host=nosuch.invalid", "host=/nosuch/folder", "host=127.0.0.1 port=1 sslmode=disable"])
    func nobodyThereIs2(_ url: String) async throws {
        #expect(try await CommandRun.run(["ping", "--url", url + " user=u dbname=d"]).status == 2)
    }

    @Test(arguments: [
        ["--bogus"], ["--count", "0"], ["--url", ""], ["--url", "mysql://u:secret@h/x"],
        ["--url", "host=h port=99999 password=secret"],
        ["--url", "postgresql://u:secret@h/x?sslmode=bogus"], ["extra"], ["--env-file", "absent"],
    ])
    func mistakesAre3(_ arguments: [String]) async throws {
        let result = try await CommandRun.run(["ping"] + arguments)
        #expect(result.status == 3)
        #expect(!result.error.contains("secret"))
    }
}
