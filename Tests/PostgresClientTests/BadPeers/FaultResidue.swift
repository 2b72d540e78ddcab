import Foundation
import ManticoreTesting
import PostgresWire
import Testing

@testable import PostgresClient

/// Operations that break at random points, and what they leave behind in this process.
struct FaultResidue: Sendable {
    private let configuration: ConnectionConfiguration
    private let seed: UInt64

    init(_ url: String, seed: UInt64) throws {
        configuration = try ConnectionConfiguration.resolve(connectionString: url, sslmode: .disable, environment: [:])
        self.seed = seed
    }

    // MARK: - One operation and its fault

    private enum Work: CaseIterable {
        case stream
        case tuples
        case copyIn
        case copyOut
        case pipeline
        case many
    }

    private enum Break: CaseIterable {
        case reset
        case close
        /// The server ends the session.
        case terminate
        case stall
    }

    /// What happens to one operation, and where.
    private struct Case: Sendable {
        let work: Work
        let face: Face
        let fault: Break
        /// After how many bytes, from the server or to it.
        let point: Int

        init(_ fault: Break?, _ random: inout SeededGenerator) {
            work = Work.allCases.randomElement(using: &random) ?? .stream
            face = Face.allCases.randomElement(using: &random) ?? .blocking
            self.fault = fault ?? [.reset, .reset, .close, .close, .terminate].randomElement(using: &random) ?? .reset
            // The session itself takes a few hundred bytes; some break within its start.
            point =
                Int.random(in: 0..<10, using: &random) == 0
                ? Int.random(in: 1..<400, using: &random) : Int.random(in: 2000..<150_000, using: &random)
        }

        /// Whether more is sent than received.
        var isUpward: Bool { work == .copyIn || work == .many }
    }

    /// Runs one operation.
    ///
    /// - Returns: Whether it failed as it should: with an error of ours, once.
    private func run(_ part: Case) async -> Bool {
        guard let proxy = try? FaultProxy(port: configuration.host.port) else { return false }
        defer { proxy.stop() }
        var configuration = configuration
        configuration.host.port = proxy.port
        let condition: FaultProxy.Condition =
            part.isUpward ? .client(hasSent: part.point) : .server(hasSent: part.point)
        switch part.fault {
        case .reset: proxy.inject(.reset, when: condition)
        case .close: proxy.inject(.close, when: condition)
        case .stall: proxy.inject(.stall, when: condition)
        case .terminate: break
        }
        if part.fault == .stall {
            configuration.connectTimeout = .milliseconds(500)
            configuration.callTimeout = .milliseconds(200)
        }
        do throws(PostgresError) {
            let client = try await Client.connect(configuration, part.face)
            defer { client.connection.close() }
            // A session that is ended from elsewhere says so to whatever it does next.
            if part.fault == .terminate { try await terminate(client) }
            try await Self.work(part.work, client)
            return false
        } catch {
            return true
        }
    }

    private func terminate(_ client: Client) async throws(PostgresError) {
        let other = try await Client.connect(configuration, client.face)
        defer { other.connection.close() }
        guard let process = client.connection.processID else { return }
        try await other.query("SELECT pg_terminate_backend(\(Int32(bitPattern: process)))")
    }

    private static func work(_ work: Work, _ client: Client) async throws(PostgresError) {
        do {
            switch work {
            case .stream:
                let rows = client.connection.stream("SELECT i, repeat('x', 500) FROM generate_series(1, 1000) AS i")
                while try await client.next(rows) != nil {}
            case .tuples:
                let rows = client.connection.stream(
                    "SELECT i, repeat('x', 500) FROM generate_series(1, 1000) AS i", as: (Int32, String).self)
                while try await client.next(rows) != nil {}
            case .copyIn:
                try await client.simpleQuery("CREATE TEMPORARY TABLE copied (id int4, name text)")
                let text = String(repeating: "x", count: 500)
                try await client.copy(into: "copied", columns: ["id", "name"]) { $0 < 1000 ? ($0, text) : nil }
            case .copyOut:
                let rows = client.connection.copyOut(
                    "SELECT i, repeat('x', 500) FROM generate_series(1, 1000) AS i", as: (Int32, String).self)
                while try await client.next(rows) != nil {}
            case .pipeline:
                let results = try await client.pipeline { pipeline in
                    try (0..<200).map { try pipeline.query("SELECT repeat('x', 1000), \(Int32($0))") }
                }
                for result in results { _ = try result.get() }
            case .many:
                let text = String(repeating: "x", count: 500)
                try await client.executeMany("SELECT length($1)", repeatElement(text, count: 1000))
            }
        } catch let error as PostgresError {
            throw error
        } catch {
            throw PostgresError(.testServer, "another error: \(error)")
        }
    }

    // MARK: - All of them

    /// What this process holds.
    private struct Holdings: CustomStringConvertible {
        let descriptors: Int
        let threads: Int
        /// In bytes.
        let memory: Int

        init() {
            func count(_ folder: String) -> Int {
                (try? FileManager.default.contentsOfDirectory(atPath: folder).count) ?? 0
            }
            descriptors = count("/proc/self/fd")
            threads = count("/proc/self/task")
            #if canImport(Glibc)
                // Its header is of no module.
                typealias Trim = @convention(c) (Int) -> Int32
                if let trim = unsafe dlsym(nil, "malloc_trim") { _ = unsafe unsafeBitCast(trim, to: Trim.self)(0) }
            #endif
            let pages = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8))?.split(separator: " ")
            memory = (pages.flatMap { Int($0[1]) } ?? 0) * Int(getpagesize())
        }

        var description: String { "\(descriptors) descriptors, \(threads) threads, \(memory / 1024) KiB" }
    }

    /// Breaks so many operations, some of them by a stall, which takes as long as the grace of a cancel: those all at once.
    private func breakAll(_ count: Int, stalls: Int, _ random: inout SeededGenerator) async -> Int {
        let stalled = (0..<stalls).map { _ in Case(.stall, &random) }
        let others = (0..<count - stalls).map { _ in Case(nil, &random) }
        return await withTaskGroup(of: Int.self) { group in
            for part in stalled {
                group.addTask {
                    guard let thread = try? OwnThread() else { return 0 }
                    defer { thread.finish() }
                    return await withTaskExecutorPreference(thread) { await run(part) } ? 1 : 0
                }
            }
            for lane in 0..<2 {
                group.addTask {
                    guard let thread = try? OwnThread() else { return 0 }
                    defer { thread.finish() }
                    return await withTaskExecutorPreference(thread) {
                        var failed = 0
                        for index in stride(from: lane, to: others.count, by: 2) where await run(others[index]) {
                            failed += 1
                        }
                        return failed
                    }
                }
            }
            var failed = 0
            for await part in group { failed += part }
            return failed
        }
    }

    func run(_ count: Int) async throws {
        var random = SeededGenerator(seed: seed)
        // What is made once, and what the allocator keeps.
        _ = await breakAll(60, stalls: 10, &random)
        let before = await stable()
        let failed = await breakAll(count, stalls: 40, &random)
        let after = await settled(before, within: .seconds(10))
        #expect(failed == count, "seed \(seed)")
        #expect(after.descriptors <= before.descriptors, "seed \(seed): \(before), then \(after)")
        #expect(after.threads <= before.threads, "seed \(seed): \(before), then \(after)")
        #expect(after.memory - before.memory < 4 << 20, "seed \(seed): \(before), then \(after)")
        print("\(failed) faults, seed \(seed): \(before) before, \(after) after")
    }

    /// What is held when nothing changes any more: the threads of the proxies have ended.
    private func stable() async -> Holdings {
        var (holdings, unchanged) = (Holdings(), 0)
        while unchanged < 10 {
            try? await Task.sleep(for: .milliseconds(20))
            let now = Holdings()
            let isSame = now.descriptors == holdings.descriptors && now.threads == holdings.threads
            unchanged = isSame ? unchanged + 1 : 0
            holdings = now
        }
        return holdings
    }

    /// What is held once the threads of the proxies have ended.
    private func settled(_ goal: Holdings, within limit: Duration) async -> Holdings {
        let end = ContinuousClock.now + limit
        var holdings = Holdings()
        while holdings.descriptors > goal.descriptors || holdings.threads > goal.threads, ContinuousClock.now < end {
            try? await Task.sleep(for: .milliseconds(20))
            holdings = Holdings()
        }
        return holdings
    }
}
