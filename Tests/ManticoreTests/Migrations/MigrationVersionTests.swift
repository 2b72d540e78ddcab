import Manticore
import PostgresWire
import Testing

@Suite struct MigrationVersionTests {
    private func time(_ text: String) throws -> PostgresTimestamp { try #require(PostgresTimestamp(text)) }

    private func versions(_ texts: [String]) throws -> [MigrationVersion] {
        try texts.map { try #require(MigrationVersion($0)) }
    }

    @Test(arguments: ["", ".", "1.", ".1", "1..2", "a", "1a", "-1", "+1", " 1", "1 ", "1_2", "١", "1.2\n"])
    func refusesWhatIsNotDigits(_ text: String) {
        #expect(MigrationVersion(text) == nil)
    }

    @Test func comparesGroupsAsNumbers() throws {
        let ordered = try versions([
            "0", "1", "1.0.1", "1.2", "1.10", "2", "10", "20230101120000", "99999999999999999999999999999999",
        ])
        for (index, version) in ordered.enumerated() {
            for (otherIndex, other) in ordered.enumerated() {
                #expect((version < other) == (index < otherIndex))
                #expect((version == other) == (index == otherIndex))
            }
        }
        for (left, right) in [("1", "001"), ("1", "1.0"), ("01.02", "1.2"), ("0", "000.0")] {
            let pair = try versions([left, right])
            #expect(pair[0] == pair[1] && !(pair[0] < pair[1]) && !(pair[1] < pair[0]))
            #expect(Set(pair).count == 1)
        }
        #expect(MigrationVersion("007")?.text == "007")
    }

    @Test(arguments: [
        ("2023-01-01 12:00:00.999999", [], "20230101120000"),
        ("2023-01-01 12:00:00", ["20230101115959"], "20230101120000"),
        ("2023-01-01 12:00:00", ["20230101120000"], "20230101120001"),
        ("2023-01-01 12:00:00", ["3", "20230101120000", "1.5"], "20230101120001"),
        ("2023-01-01 12:00:00", ["20230101235959"], "20230102000000"),
        ("2023-01-01 12:00:00", ["20231231235959"], "20240101000000"),
        ("2023-01-01 12:00:00", ["20240228235959"], "20240229000000"),
        ("2023-01-01 12:00:00", ["20230228235959"], "20230301000000"),
        ("0987-06-05 04:03:02", [], "09870605040302"),
    ])
    func isLaterThanEverything(_ now: String, _ existing: [String], _ expected: String) throws {
        let version = try MigrationVersion.timestamp(at: try time(now), after: try versions(existing))
        #expect(version.text == expected)
    }

    @Test(arguments: ["20230199120000", "20240230000000", "99991231235959", "202301011200001", "20230101120000.1"])
    func refusesToGuessAfterWhatIsNoTime(_ existing: String) throws {
        let now = try time("2023-01-01 12:00:00")
        expectRefusal(existing, code: .migrationFile) {
            _ = try MigrationVersion.timestamp(at: now, after: try versions([existing]))
        }
    }
}
