import ManticoreTesting
import PostgresClient
import Testing

/// Tasks that are cancelled at each place where a COPY waits.
@Suite(.ownThread) struct CopyCancellationTests {
    /// Runs a COPY in a task that is cancelled once the server waits for `event`.
    private func cancelled(
        _ table: Identifier, until event: String, rows: Int, _ watcher: Client
    ) async throws -> (error: PostgresError?, answers: Bool) {
        let process = Guarded<Int32?>(nil)
        let configuration = try TestServer.configuration(.tcp)
        let task = Task {
            let client = try await Client.connect(configuration, .suspending)
            defer { client.connection.close() }
            let number = client.connection.processID.map { Int32(bitPattern: $0) }
            process.withLock { $0 = number }
            let error = await failure {
                try await client.copy(into: table, columns: ["id", "name"]) { index in
                    index < rows ? (index, "row \(index)") : nil
                }
            }
            return (error, client.connection.isUsable)
        }
        while true {
            if let process = process.value,
                try await watcher.query(
                    """
                    SELECT coalesce(wait_event_type || ' ' || wait_event, '') FROM pg_stat_activity \
                    WHERE pid = \(process)
                    """, as: String.self
                ).first?.hasPrefix(event) == true
            {
                break
            }
            try await Task.sleep(for: .milliseconds(5))
        }
        task.cancel()
        return try await task.value
    }

    private func makeTable(_ watcher: Client, _ name: String) async throws {
        try await watcher.simpleQuery(
            SQL(unsafeSQL: "DROP TABLE IF EXISTS \(name); CREATE TABLE \(name) (id int4 PRIMARY KEY, name text)"))
    }

    @Test(arguments: ["BEGIN; LOCK TABLE copy_held_1", "BEGIN; INSERT INTO copy_held_2 VALUES (0, 'held')"])
    func whileItWaitsForALock(_ lock: String) async throws {
        let holder = try await Client.connect(.tcp)
        let watcher = try await Client.connect(.tcp)
        defer {
            holder.connection.close()
            watcher.connection.close()
        }
        // Before it begins; or at its first row, so that the server reads no more and the sockets fill up.
        let name = lock.contains("copy_held_1") ? "copy_held_1" : "copy_held_2"
        try await makeTable(watcher, name)
        try await holder.simpleQuery(SQL(unsafeSQL: lock))
        let (error, isUsable) = try await cancelled(Identifier(name), until: "Lock", rows: 2_000_000, watcher)
        #expect(error?.code == .cancelled, "\(error.map { "\($0)" } ?? "")")
        #expect(isUsable)
        try await holder.simpleQuery("ROLLBACK")
        #expect(try await watcher.query("SELECT count(*) FROM \(identifier: name)", as: Int.self) == [0])
        try await watcher.simpleQuery(SQL(unsafeSQL: "DROP TABLE \(name)"))
    }

    @Test func whileItEnds() async throws {
        let watcher = try await Client.connect(.tcp)
        defer { watcher.connection.close() }
        try await makeTable(watcher, "copy_ending")
        try await watcher.simpleQuery(
            """
            CREATE OR REPLACE FUNCTION copy_pause() RETURNS trigger LANGUAGE plpgsql AS \
            'BEGIN PERFORM pg_sleep(600); RETURN NULL; END';
            CREATE TRIGGER pause AFTER INSERT ON copy_ending FOR EACH STATEMENT EXECUTE FUNCTION copy_pause()
            """)
        let (error, isUsable) = try await cancelled("copy_ending", until: "Timeout PgSleep", rows: 10, watcher)
        #expect(error?.code == .cancelled, "\(error.map { "\($0)" } ?? "")")
        #expect(isUsable)
        #expect(try await watcher.query("SELECT count(*) FROM copy_ending", as: Int.self) == [0])
        try await watcher.simpleQuery("DROP TABLE copy_ending; DROP FUNCTION copy_pause()")
    }

    /// Where the server keeps up there is no wait at which anybody would hear of it.
    @Test(arguments: [0, 100_000])
    func whileItSends(_ last: Int) async throws {
        let task = Task {
            let client = try await Client.connect(.tcp)
            defer { client.connection.close() }
            try await client.simpleQuery("CREATE TEMPORARY TABLE copied (id int4, name text)")
            let error = await failure {
                try await client.copy(into: "copied", columns: ["id", "name"]) { index in
                    if index == last { unsafe withUnsafeCurrentTask { unsafe $0?.cancel() } }
                    return index < 20_000_000 ? (index, "some text") : nil
                }
            }
            return (error, client.connection.isUsable)
        }
        let (error, isUsable) = try await task.value
        #expect(error?.code == .cancelled, "\(error.map { "\($0)" } ?? "")")
        #expect(isUsable)
    }

    /// What the source itself throws then is as good as any error of it.
    @Test func whileTheSourceWaits() async throws {
        let isWaiting = Latch()
        let task = Task {
            let client = try await Client.connect(.tcp)
            defer { client.connection.close() }
            try await client.simpleQuery("CREATE TEMPORARY TABLE copied (id int4, name text)")
            do {
                try await client.connection.copy(into: "copied", columns: ["id", "name"]) { writer in
                    try await writer.write(1, "a")
                    try await writer.flush()
                    isWaiting.open()
                    try await Task.sleep(for: .seconds(600))
                }
                return (false, false)
            } catch {
                return (error is CancellationError, client.connection.isUsable)
            }
        }
        await isWaiting.wait()
        task.cancel()
        let (isOwn, isUsable) = try await task.value
        #expect(isOwn && isUsable)
    }

    @Test func whileRowsComeOut() async throws {
        let task = Task {
            let client = try await Client.connect(.tcp)
            defer { client.connection.close() }
            let rows = client.connection.copyOut("SELECT i FROM generate_series(1, 100000000) AS i", as: Int.self)
            var count = 0
            let error = await failure {
                while try await rows.next() != nil {
                    count += 1
                    if count == 1000 { unsafe withUnsafeCurrentTask { unsafe $0?.cancel() } }
                }
            }
            return (error, client.connection.isUsable)
        }
        let (error, isUsable) = try await task.value
        #expect(error?.code == .cancelled, "\(error.map { "\($0)" } ?? "")")
        #expect(isUsable)
    }
}
