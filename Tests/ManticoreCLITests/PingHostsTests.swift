import ManticoreTesting
import Testing

/// `manticore ping` and `psql` choose the same of several servers, or none.
@Suite(.enabled(if: ProgramRun.psqlVersion >= 16, "psql 16 or newer is not installed"))
struct PingHostsTests {
    /// Servers of every kind that `target_session_attrs` tells apart, and one that is not ready.
    private struct Servers {
        let primary: EphemeralPostgres
        let readOnly: EphemeralPostgres
        let standby: EphemeralPostgres
        let starting: EphemeralPostgres

        init() async throws {
            let access = ["host all unwanted 127.0.0.1/32 reject", "host all all 127.0.0.1/32 trust"]
            func options(_ settings: [String: String]) -> EphemeralPostgres.Options {
                .init(settings: settings, hostBasedAuthentication: access)
            }
            async let primary = EphemeralPostgres.start(options([:]))
            async let readOnly = EphemeralPostgres.start(options(["default_transaction_read_only": "on"]))
            async let standby = Self.standby(options(["wal_level": "replica", "hot_standby": "on"]))
            // As far as clients can tell, a server that is starting: a standby that lets nobody look.
            async let starting = Self.standby(options(["hot_standby": "off"]))
            self.primary = try await primary
            self.readOnly = try await readOnly
            self.standby = try await standby
            self.starting = try await starting
        }

        private static func standby(_ options: EphemeralPostgres.Options) async throws -> EphemeralPostgres {
            let server = try await EphemeralPostgres.start(options)
            let create = try await ProgramRun.run("/bin/sh", ["-c", ": >\(server.dataDirectory)/standby.signal"])
            #expect(create.status == 0)
            try await server.restart()
            return server
        }

        func stop() async {
            for server in [primary, readOnly, standby, starting] { await server.stop() }
        }
    }

    // Nobody listens there.
    private static let nobody = 1

    private static func string(_ ports: [Int], _ settings: String = "", user: String = "postgres") -> String {
        let hosts = ports.map { _ in "127.0.0.1" }.joined(separator: ",")
        let list = ports.map(String.init).joined(separator: ",")
        return "host=\(hosts) port=\(list) user=\(user) dbname=postgres sslmode=disable \(settings)"
    }

    private static func cells(_ servers: Servers) -> [PingAgreement.Cell] {
        let (primary, readOnly) = (servers.primary.port, servers.readOnly.port)
        let (standby, starting) = (servers.standby.port, servers.starting.port)
        func takes(_ port: Int, of ports: [Int], _ settings: String = "") -> PingAgreement.Cell {
            .init(string(ports, settings), .clear, port: port)
        }
        func takesNone(of ports: [Int], _ settings: String = "", _ refusals: Set<Int32> = [1]) -> PingAgreement.Cell {
            .init(string(ports, settings), .refuses, refusals: refusals)
        }
        var cells = [
            // Nobody there, or nobody ready: the next one.
            takes(primary, of: [nobody, primary]), takes(primary, of: [primary, nobody]),
            takes(readOnly, of: [nobody, readOnly, primary]), takesNone(of: [nobody, nobody], "", [2]),
            takesNone(of: [starting], "", [1, 2]), takes(primary, of: [starting, primary]),
            takesNone(of: [starting, nobody], "", [1, 2]), takes(primary, of: [nobody, starting, primary]),
            takes(standby, of: [starting, standby], "target_session_attrs=standby"),
            takes(primary, of: [starting, primary], "target_session_attrs=prefer-standby"),
            .init(
                "host=no-such-host.invalid,127.0.0.1 port=\(primary) user=postgres dbname=postgres sslmode=disable",
                .clear,
                port: primary),
            .init(
                "host=/nonexistent,127.0.0.1 port=\(primary) user=postgres dbname=postgres sslmode=disable", .clear,
                port: primary),
            .init(
                "host=a.invalid,b.invalid hostaddr=127.0.0.1,127.0.0.1 port=1,\(primary) user=postgres dbname=postgres "
                    + "sslmode=disable", .clear, port: primary),
            .init(
                "postgresql://postgres@127.0.0.1:1,127.0.0.1:\(primary)/postgres?sslmode=prefer", .clear, port: primary),
            .init("postgresql://postgres@127.0.0.1:\(starting)/postgres?sslmode=prefer", .refuses, refusals: [1, 2]),
            // Whom a server turns away, goes to no other.
            .init(string([primary, readOnly], user: "unwanted"), .refuses),
            .init(string([nobody, primary, readOnly], user: "unwanted"), .refuses),
            .init(string([primary, readOnly], "dbname=nosuch"), .refuses),
            .init(string([primary, readOnly], user: "nosuch"), .refuses),
            .init(string([starting, primary], user: "unwanted"), .refuses),
            // The string contradicts itself.
            .init("host=127.0.0.1,127.0.0.1 port=1,2,3 user=u", .refuses, refusals: [3]),
            .init("host=127.0.0.1 port=\(primary) target_session_attrs=master", .refuses, refusals: [3]),
            // What the session must be able to do.
            takes(readOnly, of: [readOnly, primary], "target_session_attrs=any"),
            takes(primary, of: [readOnly, standby, primary], "target_session_attrs=read-write"),
            takesNone(of: [readOnly, standby], "target_session_attrs=read-write", [1, 2]),
            takes(readOnly, of: [primary, readOnly], "target_session_attrs=read-only"),
            takes(standby, of: [primary, standby], "target_session_attrs=read-only"),
            takesNone(of: [primary], "target_session_attrs=read-only", [1, 2]),
            takes(primary, of: [standby, primary], "target_session_attrs=primary"),
            takes(readOnly, of: [standby, readOnly], "target_session_attrs=primary"),
            takesNone(of: [standby], "target_session_attrs=primary", [1, 2]),
            takes(standby, of: [primary, readOnly, standby], "target_session_attrs=standby"),
            takesNone(of: [primary, readOnly], "target_session_attrs=standby", [1, 2]),
            takes(standby, of: [primary, standby], "target_session_attrs=prefer-standby"),
            takes(standby, of: [standby, primary], "target_session_attrs=prefer-standby"),
            takes(primary, of: [primary, readOnly], "target_session_attrs=prefer-standby"),
            takes(primary, of: [nobody, primary], "target_session_attrs=prefer-standby"),
            takesNone(of: [nobody], "target_session_attrs=prefer-standby", [2]),
        ]
        // However the hosts are shuffled.
        for _ in 0..<3 {
            cells += [
                takes(primary, of: [nobody, primary, starting], "load_balance_hosts=random"),
                takes(
                    primary, of: [standby, readOnly, primary],
                    "load_balance_hosts=random target_session_attrs=read-write"),
                takes(
                    standby, of: [primary, standby], "load_balance_hosts=random target_session_attrs=prefer-standby"),
                .init(string([primary, readOnly, standby], "load_balance_hosts=random"), .clear),
            ]
        }
        return cells
    }

    @Test func everyCell() async throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        let servers = try await Servers()
        try await PingAgreement.check(Self.cells(servers), home: scratch.path)
        await servers.stop()
    }
}
