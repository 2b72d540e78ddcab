import PostgresWire

extension EphemeralPostgres {
    /// PostgreSQL's programs as they are installed on this machine.
    public struct Installation: Hashable, Sendable, CustomStringConvertible {
        /// The folder with `postgres` and `initdb` in it, without symbolic links.
        public let directory: String
        /// The version that the programs say they are.
        public let version: PostgresVersion

        public var description: String { "PostgreSQL \(version)" }
    }

    /// Every PostgreSQL on this machine that a server can be started with.
    ///
    /// The first is what ``start(_:)`` takes when its options name none: the folder in the variable
    /// `MANTICORE_POSTGRES_BIN`, then `PATH`, then the folders of Linux distributions, Homebrew and Postgres.app, then
    /// what `Fixtures/fetch-postgres.sh` has fetched, in each place the newest first.
    ///
    /// ```swift
    /// @Test(arguments: EphemeralPostgres.installations())
    /// func everyVersion(_ installation: EphemeralPostgres.Installation) async throws {
    ///     let options = EphemeralPostgres.Options(binaries: installation.directory)
    ///     try await EphemeralPostgres.withServer(options) { server in
    ///         #expect(server.version == installation.version)
    ///     }
    /// }
    /// ```
    ///
    /// - Returns: The installations, each once; none when PostgreSQL is not installed.
    public static func installations() -> [Installation] {
        var seen: Set<String> = []
        return places().flatMap(\.folders).compactMap { folder in
            guard let found = installation(in: folder), seen.insert(found.directory).inserted else { return nil }
            return found
        }
    }

    /// The installation in a folder, nil if `postgres` and `initdb` are not both there.
    static func installation(in folder: String) -> Installation? {
        // A link such as /usr/local/bin/postgres leads to the folder where the other programs are.
        guard let program = Files.resolved(folder + "/postgres"), Files.isExecutable(program),
            let slash = program.lastIndex(of: "/")
        else { return nil }
        let directory = String(program[..<slash])
        guard Files.isExecutable(directory + "/initdb"),
            let result = try? ChildProcess.run([program, "--version"]), result.status == 0,
            let version = PostgresVersion(programOutput: result.output)
        else { return nil }
        return Installation(directory: directory, version: version)
    }

    /// The installation that the options ask for.
    ///
    /// - Throws: ``PostgresError`` that names the places searched and the ways to install PostgreSQL.
    static func installation(for binaries: String?) throws(PostgresError) -> Installation {
        if let binaries {
            if let found = installation(in: binaries) { return found }
            throw PostgresError(.testServer, "The folder \(binaries) has no working postgres and initdb in it.")
        }
        if let asked = ServerEnvironment.value(of: environmentVariable) {
            if let found = installation(in: asked) { return found }
            throw PostgresError(
                .testServer,
                "The folder \(asked), named by \(environmentVariable), has no working postgres and initdb in it.")
        }
        for place in places() {
            for folder in place.folders {
                if let found = installation(in: folder) { return found }
            }
        }
        let searched = places().map { "  \($0.name)" }.joined(separator: "\n")
        throw PostgresError(
            .testServer,
            """
            No PostgreSQL server programs were found. Searched for postgres and initdb in:
            \(searched)
            Install them (Debian and Ubuntu: apt-get install postgresql; Fedora: dnf install postgresql-server; macOS: \
            brew install postgresql), or run Fixtures/fetch-postgres.sh, or name their folder in the options or in \
            \(environmentVariable).
            """)
    }

    private static let environmentVariable = "MANTICORE_POSTGRES_BIN"

    /// The places searched, in order, each with the folders that are there now.
    private static func places() -> [(name: String, folders: [String])] {
        var places: [(name: String, folders: [String])] = []
        if let asked = ServerEnvironment.value(of: environmentVariable) {
            places.append(("\(asked) (\(environmentVariable))", [asked]))
        } else {
            places.append(("the folder named by \(environmentVariable), which is not set", []))
        }
        places.append(("PATH: " + Programs.folders().joined(separator: ":"), Programs.folders()))
        let patterns = [
            ("/usr/lib/postgresql", "", "bin"), ("/usr/lib64", "pgsql-", "bin"), ("/usr", "pgsql-", "bin"),
            ("/opt/homebrew/opt", "postgresql@", "bin"), ("/usr/local/opt", "postgresql@", "bin"),
            ("/Applications/Postgres.app/Contents/Versions", "", "bin"),
        ]
        for (base, prefix, last) in patterns + caches().map({ ($0, "", "bin") }) {
            let versions = Files.names(in: base)
                .filter { $0.hasPrefix(prefix) }
                .map { (name: $0, numbers: numbers($0.dropFirst(prefix.count))) }
                .filter { !$0.numbers.isEmpty }
                .sorted { $1.numbers.lexicographicallyPrecedes($0.numbers) }
            places.append(("\(base)/\(prefix)*/\(last)", versions.map { "\(base)/\($0.name)/\(last)" }))
        }
        return places
    }

    /// Where `Fixtures/fetch-postgres.sh` puts what it fetches.
    private static func caches() -> [String] {
        if let asked = ServerEnvironment.value(of: "MANTICORE_POSTGRES_CACHE") { return [asked] }
        // Root's own cache is closed to the user that the server runs as.
        if ServerAccount.caller().user == 0 { return ["/var/cache/manticore/postgresql"] }
        if let cache = ServerEnvironment.value(of: "XDG_CACHE_HOME") { return [cache + "/manticore/postgresql"] }
        if let home = ServerEnvironment.value(of: "HOME") { return [home + "/.cache/manticore/postgresql"] }
        return []
    }

    /// A version's numbers, empty if the text is none.
    private static func numbers(_ text: Substring) -> [Int] {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false).map { Int($0) }
        return parts.contains(nil) ? [] : parts.compactMap { $0 }
    }
}
