import Foundation
import ManticoreTesting
import PostgresClient
import PostgresWire
import Testing

/// Random values of every type go to every PostgreSQL on this machine and come back, with the server as the judge: what
/// is read is what was sent, our text is its text, and what is written again are its bytes.
///
/// `Fixtures/round-trips` makes as many of them as one has patience for.
@Suite(.ownThread) struct RoundTripTests {
    private static let environment = ProcessInfo.processInfo.environment

    private static func number<Number: FixedWidthInteger>(_ variable: String) -> Number? {
        environment[variable].flatMap { Number($0) }
    }

    /// How many values there are over all types, if not the few of every test.
    private static let total: Int? = number("MANTICORE_ROUND_TRIPS")

    private static let installations = EphemeralPostgres.installations().filter { installation in
        number("MANTICORE_ROUND_TRIPS_VERSION").map { $0 == installation.version.major } ?? true
    }

    static let settings = """
        SET timezone = 'UTC'; SET datestyle = 'ISO, MDY'; SET intervalstyle = 'postgres'; SET lc_monetary = 'C';
        SET extra_float_digits = 1; SET client_min_messages = 'warning'; SET xmloption = 'content';
        """

    @Test(arguments: installations)
    func everyType(_ installation: EphemeralPostgres.Installation) async throws {
        let seed: UInt64 =
            Self.number("MANTICORE_ROUND_TRIPS_SEED")
            ?? (Self.total == nil ? UInt64(installation.version.major) : .random(in: 0 ... .max))
        try await EphemeralPostgres.withServer(.init(binaries: installation.directory)) { server in
            let client = try await Client.connect(try TestServer.configuration(server, .socket), .suspending)
            try await client.simpleQuery(SQL(unsafeSQL: Self.settings + RoundTripType.definitions))
            let types = try await types(client).flatMap { [$0, $0.array] }
            let numbers = try await numbers(types, client)
            let catalog = try await client.describeTypes(Array(numbers.values))
            let share = Self.total.map { max(1, $0 / types.count) }
            if Self.total != nil { print("PostgreSQL \(installation.version), seed \(seed)") }
            let start = ContinuousClock.now
            var values = 0
            for type in types {
                // Each type's values are the same whatever other types there are.
                let ownSeed = type.name.utf8.reduce(seed) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
                let random = RandomValues(seed: ownSeed, version: installation.version.major, numbers: numbers)
                var trip = RoundTrip(type: type, random: random, catalog: catalog, client: client)
                try await trip.run(share ?? (type.name.hasSuffix("[]") ? 80 : 240))
                values += trip.count
                let failures = trip.failures.prefix(3).joined(separator: "\n")
                let place = "\(type.name), PostgreSQL \(installation.version), seed \(seed)"
                #expect(trip.failures.isEmpty, "\(place): \(trip.failures.count) of \(trip.count)\n\(failures)")
                let mayWriteNothing = type.codecs.isEmpty || trip.count < 40
                #expect(mayWriteNothing || trip.recoded > 0, "\(place): nothing was written again")
            }
            if Self.total != nil {
                let seconds = (ContinuousClock.now - start) / .seconds(1)
                print(
                    """
                    PostgreSQL \(installation.version), seed \(seed): \(values) values of \(types.count) types, \
                    \(Int(Double(values) / seconds)) a second
                    """)
            }
            client.connection.close()
        }
    }

    /// The types that this server has.
    func types(_ client: Client) async throws -> [RoundTripType] {
        let available = try await client.query(
            "SELECT name::text FROM pg_available_extensions WHERE name = ANY (\(RoundTripType.extensions))",
            as: String.self)
        for name in available { try await client.execute(SQL(unsafeSQL: "CREATE EXTENSION \(name)")) }
        let hasXML = try await client.query(
            "SELECT count(*) > 0 FROM pg_config WHERE name = 'CONFIGURE' AND setting LIKE '%--with-libxml%'",
            as: Bool.self)
        var types: [RoundTripType] = []
        for type in RoundTripType.all where type.name != "xml" || hasXML == [true] {
            let exists = try await client.query("SELECT to_regtype(\(type.name)) IS NOT NULL", as: Bool.self)
            if exists == [true] { types.append(type) }
        }
        return types
    }

    func numbers(_ types: [RoundTripType], _ client: Client) async throws -> [String: PostgresOID] {
        let names = types.map(\.name)
        let numbers = try await client.query(
            "SELECT to_regtype(n)::oid FROM unnest(\(names)::text[]) WITH ORDINALITY AS t (n, o) ORDER BY o",
            as: PostgresOID.self)
        return Dictionary(uniqueKeysWithValues: zip(names, numbers))
    }
}
