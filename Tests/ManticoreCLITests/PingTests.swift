import ManticoreTesting
import Testing

@Suite struct PingTests {
    private struct Report: Decodable {
        struct Server: Decodable { let product: String, version: String }
        struct TLS: Decodable { let version: String, cipher: String, subject: String?, verified: Bool }
        struct Failure: Decodable { let code: String, sqlstate: String?, message: String }
        let status: String
        let server: Server?, tls: TLS?, error: Failure?
        let host: String?, database: String?, user: String?, authentication: String?
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
            #expect(report.authentication == "scram-sha-256")
            #expect(report.user == "postgres" && report.database == "postgres")
            #expect((report.connectMs ?? 0) > (report.roundTripMs ?? .infinity))

            let text = try await CommandRun.run(["ping", "--count", "1", "--url", server.url])
            #expect(text.status == 0)
            #expect(text.output.contains("TLS             TLSv1.3, TLS_"))
            #expect(text.output.contains("(verified)"))
            #expect(!text.output.contains("\u{1B}"))
            #expect(!text.output.contains(server.password))

            let socket = try await CommandRun.run(["ping", "--json", "--url", server.socketURL]).json(Report.self)
            #expect(socket.tls == nil)
            #expect(socket.authentication == "none")
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
