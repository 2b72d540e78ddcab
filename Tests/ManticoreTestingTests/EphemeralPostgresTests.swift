import ManticoreTesting
import PostgresWire
import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

@Suite struct EphemeralPostgresTests {
    private func session(_ server: EphemeralPostgres) throws -> RawSession {
        let session = try RawSession(socket: server.socketDirectory + "/.s.PGSQL.\(server.port)")
        #expect(try session.start(user: server.user, database: server.database) == 0)
        return session
    }

    private func exists(_ path: String) -> Bool { unsafe access(path, F_OK) == 0 }

    private func runs(_ process: Int32) -> Bool { kill(process, 0) == 0 }

    /// Whether something becomes true; it has as long as it takes another process to do a little.
    private func comesTrue(_ condition: () -> Bool) async throws -> Bool {
        for _ in 0..<600 {
            if condition() { return true }
            try await Task.sleep(for: .milliseconds(50))
        }
        return false
    }

    @Test(arguments: EphemeralPostgres.installations())
    func startsAndAnswersInEveryVersion(_ installation: EphemeralPostgres.Installation) async throws {
        let options = EphemeralPostgres.Options(tls: true, binaries: installation.directory)
        try await EphemeralPostgres.withServer(options) { server in
            #expect(server.version == installation.version)
            let version = try session(server).query("SHOW server_version")[0]
            #expect(version.hasPrefix(String(server.version.major)))
            let answer = try RawSession(port: server.port).askForTLS()
            #expect(answer == "S")
        }
    }

    @Test func thisMachineHasAnInstallation() {
        #expect(!EphemeralPostgres.installations().isEmpty)
    }

    @Test func wantsThePasswordByScramOnTCP() async throws {
        try await EphemeralPostgres.withServer { server in
            #expect(try RawSession(port: server.port).start(user: server.user, database: "postgres") == 10)
            #expect(server.password.utf8.count >= 20)
            #expect(!server.log.contains(server.password))
            let secrets = try session(server).query("SELECT rolpassword FROM pg_authid WHERE rolname = 'postgres'")
            #expect(secrets[0].hasPrefix("SCRAM-SHA-256$"))
        }
    }

    @Test func blockingFormStartsAndStops() throws {
        let server = try EphemeralPostgres.start()
        #expect(try session(server).query("SELECT 41 + 1") == ["42"])
        #expect(try session(server).query("SHOW fsync") == ["off"])
        #expect(try session(server).query("SHOW listen_addresses") == ["127.0.0.1"])
        server.stop()
        server.stop()
        #expect(!exists(server.socketDirectory))
    }

    @Test func stopRemovesFolderAndProcess() async throws {
        let server = try await EphemeralPostgres.start()
        let process = try #require(server.processID)
        let backend = try session(server)
        let backendProcess = try #require(Int32(try backend.query("SELECT pg_backend_pid()")[0]))
        #expect(runs(process) && runs(backendProcess))
        #expect(exists(server.socketDirectory))
        await server.stop()
        #expect(!runs(process) && !runs(backendProcess))
        #expect(!exists(server.socketDirectory))
        #expect(server.processID == nil)
        #expect(server.log.contains("ready to accept connections"))
        await server.stop()
        await #expect(throws: PostgresError.self) { try await server.restart() }
    }

    @Test func lastReferenceStops() async throws {
        var server: EphemeralPostgres? = try await EphemeralPostgres.start()
        let process = try #require(server?.processID)
        let folder = try #require(server?.socketDirectory)
        server = nil
        #expect(try await comesTrue { !exists(folder) && !runs(process) })
    }

    @Test func withServerStopsWhenTheBodyThrows() async throws {
        struct Stop: Error { var folder: String }
        let error = await #expect(throws: Stop.self) {
            try await EphemeralPostgres.withServer { throw Stop(folder: $0.socketDirectory) }
        }
        let folder = try #require(error?.folder)
        #expect(!exists(folder))
    }

    @Test func severalRunSideBySide() async throws {
        let ports = try await withThrowingTaskGroup(of: Int.self) { group in
            for number in 0..<4 {
                group.addTask {
                    try await EphemeralPostgres.withServer { server in
                        let session = try session(server)
                        _ = try session.query("CREATE TABLE t AS SELECT \(number) AS n")
                        #expect(try session.query("SELECT n FROM t") == [String(number)])
                        return server.port
                    }
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(ports.count == 4)
    }

    @Test func settingsUserAndDatabaseAreAsAsked() async throws {
        let options = EphemeralPostgres.Options(
            settings: ["max_connections": "7", "application_name": #"it's a \ "test""#],
            user: "o neil", password: "p@ss:/w%rd", database: "shop \"quoted\"")
        try await EphemeralPostgres.withServer(options) { server in
            let session = try session(server)
            #expect(try session.query("SHOW max_connections") == ["7"])
            #expect(try session.query("SHOW application_name") == [#"it's a \ "test""#])
            #expect(try session.query("SELECT current_user") == ["o neil"])
            #expect(try session.query("SELECT current_database()") == ["shop \"quoted\""])
            let address = "o%20neil:p%40ss%3A%2Fw%25rd@127.0.0.1:\(server.port)"
            #expect(server.url == "postgresql://\(address)/shop%20%22quoted%22?sslmode=disable")
            #expect(server.socketURL.hasPrefix("postgresql:///shop%20%22quoted%22?host=%2F"))
            #expect(server.socketURL.hasSuffix("&port=\(server.port)&user=o%20neil"))
        }
    }

    @Test func accessRulesComeFirst() async throws {
        let options = EphemeralPostgres.Options(hostBasedAuthentication: ["host all all 127.0.0.1/32 md5"])
        try await EphemeralPostgres.withServer(options) { server in
            // A password stored for SCRAM is asked for by SCRAM, so one stored for MD5 shows the rule.
            let session = try session(server)
            _ = try session.query("SET password_encryption = md5; CREATE ROLE old LOGIN PASSWORD 'x'")
            #expect(try RawSession(port: server.port).start(user: "old", database: "postgres") == 5)
        }
    }

    @Test func settingsThatAreWrongAreNamed() async throws {
        let unknown = EphemeralPostgres.Options(settings: ["no_such_setting": "1"])
        let first = await #expect(throws: PostgresError.self) { _ = try await EphemeralPostgres.start(unknown) }
        #expect(first?.code == .testServer)
        #expect(first?.message.contains("no_such_setting") == true)
        let injected = EphemeralPostgres.Options(settings: ["port = 1\nfsync": "1"])
        let second = await #expect(throws: PostgresError.self) { _ = try await EphemeralPostgres.start(injected) }
        #expect(second?.code == .invalidConfiguration)
    }

    @Test func missingProgramsAreNamed() async throws {
        let options = EphemeralPostgres.Options(binaries: "/nowhere/at/all")
        let error = await #expect(throws: PostgresError.self) { _ = try await EphemeralPostgres.start(options) }
        #expect(error?.code == .testServer)
        #expect(error?.message.contains("/nowhere/at/all") == true)
    }

    @Test func startupTimeoutIsKept() async throws {
        let error = await #expect(throws: PostgresError.self) {
            _ = try await EphemeralPostgres.start(.init(startupTimeout: .zero))
        }
        #expect(error?.code == .timedOut)
    }

    @Test func cancelledStartLeavesNothing() async throws {
        let task = Task { try await EphemeralPostgres.start() }
        task.cancel()
        let result = await task.result
        if case .success = result { Issue.record("the start was not cancelled") }
    }

    @Test func tlsCertificateIsSignedByTheAuthority() async throws {
        try await EphemeralPostgres.withServer(.init(tls: true)) { server in
            let authority = try #require(server.caCertificateFile)
            #expect(try RawSession(port: server.port).askForTLS() == "S")
            #expect(server.url.contains("?sslmode=verify-full&sslrootcert=%2F"))
            for (program, wanted) in [
                ("openssl verify -CAfile '\(authority)' '\(server.socketDirectory)/server.crt'", "OK"),
                (
                    "openssl x509 -noout -ext subjectAltName -in '\(server.socketDirectory)/server.crt'",
                    "DNS:localhost, IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1"
                ),
                (
                    "openssl s_client -starttls postgres -connect 127.0.0.1:\(server.port) -CAfile '\(authority)'"
                        + " -verify_return_error -verify_ip 127.0.0.1", "Verify return code: 0 (ok)"
                ),
                (
                    "openssl verify -purpose sslclient -CAfile '\(authority)'"
                        + " '\(try #require(server.clientCertificateFile))'", "OK"
                ),
            ] {
                let output = try shell(program)
                #expect(output.contains(wanted), "\(program) said \(output)")
            }
            var facts = stat()
            #expect(unsafe stat(server.socketDirectory + "/server.key", &facts) == 0)
            #expect(facts.st_mode & 0o777 == 0o600)
            let owner = facts.st_uid
            #expect(unsafe stat(server.dataDirectory, &facts) == 0)
            #expect(facts.st_uid == owner && facts.st_uid != 0)
        }
        try await EphemeralPostgres.withServer { server in
            let answer = try RawSession(port: server.port).askForTLS()
            #expect(answer == "N")
            #expect(server.caCertificateFile == nil)
        }
    }

    @Test func restartKeepsDataAndPort() async throws {
        try await EphemeralPostgres.withServer { server in
            let first = try #require(server.processID)
            let old = try session(server)
            _ = try old.query("CREATE TABLE kept AS SELECT 5 AS n")
            try await server.restart()
            #expect(throws: RawSession.Failure.self) { try old.query("SELECT 1") }
            #expect(server.processID != first)
            #expect(try session(server).query("SELECT n FROM kept") == ["5"])
            try await server.restart(.immediate)
            #expect(server.log.contains("automatic recovery in progress"))
            #expect(try session(server).query("SELECT n FROM kept") == ["5"])
        }
    }

    @Test func killTakesBusyBackendsAlongAndRestartRecovers() async throws {
        try await EphemeralPostgres.withServer { server in
            let session = try session(server)
            _ = try session.query("CREATE TABLE kept AS SELECT 5 AS n")
            let backend = try #require(Int32(try session.query("SELECT pg_backend_pid()")[0]))
            let busy = try self.session(server)
            let busyProcess = try #require(Int32(try busy.query("SELECT pg_backend_pid()")[0]))
            // It never looks up from its work to see whether the postmaster is there.
            try busy.begin("SELECT count(*) FROM generate_series(1, 100000000000) AS s")
            let states = "SELECT state FROM pg_stat_activity WHERE pid = \(busyProcess)"
            #expect(try await comesTrue { (try? session.query(states)) == ["active"] })
            try await server.kill()
            #expect(server.processID == nil)
            // Their new parent has to collect them.
            #expect(try await comesTrue { !runs(backend) && !runs(busyProcess) })
            #expect(throws: RawSession.Failure.self) { try RawSession(port: server.port) }
            try await server.restart()
            #expect(try self.session(server).query("SELECT n FROM kept") == ["5"])
        }
    }

    @Test func stopAfterKillLeavesNoSharedMemory() async throws {
        let server = try await EphemeralPostgres.start()
        let line = try shell("sed -n 7p '\(server.dataDirectory)/postmaster.pid'")
        let segment = try #require(line.split(whereSeparator: { $0 == " " || $0 == "\n" }).last)
        #expect(try shell("ipcs -m").contains(" \(segment) "))
        try await server.kill()
        await server.stop()
        #expect(!exists(server.socketDirectory))
        #expect(try !shell("ipcs -m").contains(" \(segment) "))
    }

    @Test func logIsKeptWhenAsked() async throws {
        let server = try await EphemeralPostgres.start(.init(keepLogs: true))
        let file = try #require(server.keptLogFile)
        #expect(!exists(file))
        await server.stop()
        #expect(try shell("cat '\(file)'") == server.log)
        _ = unsafe unlink(file)
    }

    #if os(Linux)
        @Test func nothingIsInherited() async throws {
            // A descriptor that a child would inherit, unlike ours.
            let leak = unsafe open("/dev/zero", O_RDONLY)
            defer { close(leak) }
            try await EphemeralPostgres.withServer { server in
                let process = try #require(server.processID)
                let open = try shell("ls -l /proc/\(process)/fd")
                #expect(open.contains("/alive"))
                #expect(!open.contains("/dev/zero"))
            }
        }
    #endif

    @Test func terminalSignalsDoNotReachTheServer() async throws {
        try await EphemeralPostgres.withServer { server in
            let process = try #require(server.processID)
            let supervisor = try #require(Int32(try shell("ps -o ppid= -p \(process) | tr -d ' \\n'")))
            #expect(getsid(process) != getsid(0))
            #expect(getsid(supervisor) == getsid(process))
            #expect(supervisor != getpid())
        }
    }

    @Test func terminatedSupervisorTakesTheServerAlong() async throws {
        let server = try await EphemeralPostgres.start()
        let process = try #require(server.processID)
        let supervisor = try #require(Int32(try shell("ps -o ppid= -p \(process) | tr -d ' \\n'")))
        kill(supervisor, SIGTERM)
        #expect(try await comesTrue { !runs(process) && !exists(server.socketDirectory) })
        await #expect(throws: PostgresError.self) { try await server.restart() }
        await server.stop()
    }

    @Test func stopWorksWithoutTheSupervisor() async throws {
        let server = try await EphemeralPostgres.start()
        let process = try #require(server.processID)
        let supervisor = try #require(Int32(try shell("ps -o ppid= -p \(process) | tr -d ' \\n'")))
        kill(supervisor, SIGKILL)
        await server.stop()
        #expect(try await comesTrue { !runs(process) })
        #expect(!exists(server.socketDirectory))
    }

    @Test func killedTestProcessLeavesNothing() async throws {
        let result = await #expect(processExitsWith: .signal(SIGKILL), observing: [\.standardOutputContent]) {
            // A folder of its own shows that the copied data directory goes too.
            var base = Array("/tmp/mpg-XXXXXX".utf8CString)
            guard unsafe mkdtemp(&base) != nil else { return }
            let folder = String(decoding: base.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
            unsafe chmod(folder, 0o755)
            unsafe setenv("TMPDIR", folder, 1)
            let server = try await EphemeralPostgres.start()
            let session = try RawSession(socket: server.socketDirectory + "/.s.PGSQL.\(server.port)")
            _ = try session.start(user: server.user, database: server.database)
            print("\nserver \(server.processID ?? 0) \(folder) \(server.socketDirectory)")
            fflush(nil)
            kill(getpid(), SIGKILL)
        }
        let output = String(decoding: try #require(result).standardOutputContent, as: UTF8.self)
        let line = try #require(output.split(separator: "\n").first { $0.hasPrefix("server ") })
        let words = line.split(separator: " ")
        try #require(words.count == 4)
        let process = try #require(Int32(words[1]))
        #expect(process > 0)
        let folder = String(words[2])
        #expect(words[3].hasPrefix(folder + "/"))
        // Only an empty folder can be removed so.
        #expect(try await comesTrue { unsafe rmdir(folder) == 0 })
        #expect(!runs(process))
    }
}

/// What a shell command prints.
private func shell(_ command: String) throws -> String {
    guard let stream = unsafe popen("{ \(command); } 2>&1 </dev/null", "r") else {
        throw RawSession.Failure(description: "\(command) cannot be run")
    }
    defer { unsafe pclose(stream) }
    var output: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 4_096)
    while true {
        let count = unsafe fread(&chunk, 1, chunk.count, stream)
        if count == 0 { return String(decoding: output, as: UTF8.self) }
        output += chunk.prefix(count)
    }
}
