import ManticoreTesting
import Synchronization

/// Servers that the tests of a suite share: of each version one, started by the first test that needs it.
final class ServerPerVersion: Sendable {
    /// What to test where a server's version matters to TLS: without direct TLS, with it, and the newest. A missing
    /// version is named and not passed over in silence.
    static let installations: [EphemeralPostgres.Installation] = {
        let found = EphemeralPostgres.installations()
        return [15, 17, 18].compactMap { major in
            let installation = found.first { $0.version.major == major }
            if installation == nil {
                print(
                    "PostgreSQL \(major) is not installed and its TLS not tested: Fixtures/fetch-postgres.sh fetches it"
                )
            }
            return installation
        }
    }()

    private let start: @Sendable (EphemeralPostgres.Installation) throws -> EphemeralPostgres
    private let started: Mutex<[EphemeralPostgres.Installation: Result<EphemeralPostgres, any Error>]> = Mutex([:])

    init(_ start: @escaping @Sendable (EphemeralPostgres.Installation) throws -> EphemeralPostgres) {
        self.start = start
    }

    /// The server of this version.
    func server(_ installation: EphemeralPostgres.Installation) throws -> EphemeralPostgres {
        try started.withLock { started in
            let result = started[installation] ?? Result { try start(installation) }
            started[installation] = result
            return result
        }.get()
    }
}
