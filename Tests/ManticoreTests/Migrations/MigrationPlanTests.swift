import Manticore
import PostgresWire
import Testing

@Suite struct MigrationPlanTests {
    private let files: KeyValuePairs = [
        "1_one.sql": "SELECT 1;\n-- @UNDO\nSELECT -1;", "2_two.sql": "SELECT 2;\n-- @UNDO\nSELECT -2;",
        "3_three.sql": "SELECT 3;\n-- @UNDO\nSELECT -3;", "10_ten.sql": "SELECT 10;\n-- @UNDO\nSELECT -10;",
    ]

    private func row(_ version: String, _ sequence: Int64?, undo: String? = nil) throws -> AppliedMigration {
        AppliedMigration(
            try #require(MigrationVersion(version)), "row \(version)",
            appliedAt: PostgresTimestampWithTimeZone(microsecondsSince2000: 0), undoText: undo, sequence: sequence)
    }

    private func plan(
        _ applied: [(String, Int64?)], _ files: KeyValuePairs<String, String>? = nil
    ) throws -> MigrationPlan {
        MigrationPlan(
            try migrationSources(files ?? self.files), applied: try applied.map { try row($0.0, $0.1) },
            table: "public._migrations")
    }

    private func version(_ text: String) throws -> MigrationVersion { try MigrationCommand.version(text) }

    @Test func appliesWhatIsPendingInOrder() throws {
        #expect(try plan([]).steps(for: .migrate(to: nil)).map(\.version) == ["1", "2", "3", "10"])
        #expect(try plan([("001", 1), ("2.0", 2)]).steps(for: .migrate(to: nil)).map(\.version) == ["3", "10"])
        #expect(try plan([]).steps(for: .migrate(to: version("2"))).map(\.version) == ["1", "2"])
        #expect(try plan([("1", 1)]).steps(for: .migrate(to: version("0003"))).map(\.version) == ["2", "3"])
        #expect(try plan([("1", 1), ("2", 2)]).steps(for: .migrate(to: version("2"))).isEmpty)
        #expect(try plan([("1", 1), ("2", 2), ("3", 3), ("10", 4)]).steps(for: .migrate(to: nil)).isEmpty)
    }

    @Test func refusesTargetsThatMakeNoSense() throws {
        expectRefusal("no version", "\"x\"", code: .migrationTarget) { _ = try MigrationCommand.version("x") }
    }

    @Test func refusesAnUnknownTarget() throws {
        let plan = try plan([("1", 1)])
        let command = MigrationCommand.migrate(to: try version("4"))
        expectRefusal("no migration", "4", code: .migrationTarget) { _ = try plan.steps(for: command) }
        let back = MigrationCommand.rollbackTo(try version("4"))
        expectRefusal("no migration", "4", code: .migrationTarget) { _ = try plan.steps(for: back) }
    }

    @Test func refusesToMigrateDownwards() throws {
        let plan = try plan([("1", 1), ("2", 2), ("3", 3)])
        let command = MigrationCommand.migrate(to: try version("2"))
        expectRefusal("lower", "rollback(to: \"2\")", code: .migrationTarget) { _ = try plan.steps(for: command) }
    }

    @Test func refusesLateFilesByName() throws {
        let plan = try plan([("1", 1), ("10", 2)])
        expectRefusal("m/2_two.sql", "m/3_three.sql", "10", "allowsOutOfOrder", code: .migrationOutOfOrder) {
            _ = try plan.steps(for: .migrate(to: nil))
        }
        #expect(try plan.steps(for: .migrate(to: nil), allowsOutOfOrder: true).map(\.version) == ["2", "3"])
    }

    @Test func checksAllPendingFilesFirst() throws {
        let plan = try plan(
            [
                ("1", 1)
            ],
            [
                "1_old.sql": "COMMIT;", "2_bad.sql": "SELECT 1;\nBEGIN;", "3_worse.sql": "SELECT '",
                "4_empty.sql": "-- x",
                "5_fine.sql": "SELECT 1",
            ])
        expectRefusal("m/2_bad.sql:2: BEGIN", "m/3_worse.sql:1:8", "m/4_empty.sql", code: .migrationFile) {
            _ = try plan.steps(for: .migrate(to: nil))
        }
    }

    @Test func toleratesMissingFilesUntilTheyAreNeeded() throws {
        let plan = try plan([("0.5", 1), ("1", 2)])
        #expect(try plan.steps(for: .migrate(to: nil)).map(\.version) == ["2", "3", "10"])
        expectRefusal("0.5", "file is missing", code: .migrationFile) {
            _ = try plan.steps(for: .rollback(count: 2))
        }
        #expect(try plan.steps(for: .rollback(count: 1)).map(\.version) == ["1"])
    }

    @Test func rollsBackInReverseOrderOfApplication() throws {
        let plan = try plan([("1", 1), ("10", 2), ("3", 3), ("2", nil)])
        func rolledBack(_ command: MigrationCommand) throws -> [String] {
            try plan.steps(for: command).map(\.version)
        }
        #expect(try rolledBack(.rollback(count: 1)) == ["3"])
        #expect(try rolledBack(.rollback(count: 0)) == [])
        #expect(try rolledBack(.rollback(count: 99)) == ["3", "10", "1", "2"])
        #expect(try rolledBack(.rollbackTo(version("2"))) == ["3", "10"])
        #expect(try rolledBack(.rollbackTo(version("10"))) == [])
        #expect(try rolledBack(.rollbackTo(version("01"))) == ["3", "10", "2"])
        #expect(try plan.steps(for: .rollback(count: 1))[0].statements.map(\.text) == ["SELECT -3"])
        #expect(plan.current == MigrationVersion("10"))
    }

    @Test func refusesToRollBackToWhatIsNotApplied() throws {
        let plan = try plan([("1", 1), ("3", 2)])
        let command = MigrationCommand.rollbackTo(try version("2"))
        expectRefusal("2", "not applied", code: .migrationTarget) { _ = try plan.steps(for: command) }
    }

    @Test func refusesToRollBackWithoutUndo() throws {
        let plan = try plan(
            [("1", 1), ("2", 2), ("3", 3)],
            [
                "1_one.sql": "SELECT 1;", "2_two.sql": "SELECT 2;\n-- @UNDO\n-- nothing\n",
                "3_three.sql": "SELECT 3;\n-- @UNDO\nSELECT -3;",
            ])
        #expect(try plan.steps(for: .rollback(count: 1)).count == 1)
        expectRefusal("m/2_two.sql", "no undo SQL", code: .migrationFile) {
            _ = try plan.steps(for: .rollback(count: 2))
        }
        expectRefusal("m/1_one.sql", "m/2_two.sql", code: .migrationFile) {
            _ = try plan.steps(for: .rollback(count: 3))
        }
    }

    @Test func usesTheKeptUndoOnlyWhenTheFileIsGone() throws {
        let rows = [try row("1", 1, undo: "SELECT 'kept 1';"), try row("2", 2, undo: "SELECT 'kept 2'; SELECT 3")]
        let plan = MigrationPlan(
            try migrationSources(["1_one.sql": "SELECT 1;\n-- @UNDO\nSELECT 'file 1';"]), applied: rows, table: "s.t")
        let steps = try plan.steps(for: .rollback(count: 2))
        #expect(steps.map { $0.statements.map(\.text) } == [["SELECT 'kept 2'", "SELECT 3"], ["SELECT 'file 1'"]])
        #expect(steps.map(\.origin) == ["the undo SQL of 2 in s.t", "m/1_one.sql"])
    }

    @Test func saysWhereEverythingStands() throws {
        let statuses = try plan([("1", 1), ("2.5", 3), ("3", 2)]).statuses()
        #expect(statuses.map(\.version) == ["1", "2", "2.5", "3", "10"])
        #expect(statuses.map(\.state) == [.applied, .outOfOrder, .missingFile, .applied, .pending])
        #expect(statuses[2].description == "row 2.5" && statuses[3].description == "three")
    }
}
