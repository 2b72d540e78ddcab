import Manticore
import PostgresWire
import Synchronization
import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

@Suite struct MigrationFolderTests {
    @Test func readsNamesInTheOrderOfVersions() throws {
        let folder = try TemporaryFolder()
        for name in [
            "20230102130000_add_age_column.sql", "20230101120000_create_users_table.sql", "9_nine.sql",
            "10_ten.SQL", "1.10_dotted.sql", "1.9__early__one_.sql", ".hidden.sql", "README.md", "notes.sql~",
        ] { try folder.write(name, "SELECT 1;") }
        try folder.makeFolder("11_folder.sql")
        let files = try MigrationFolder(folder.path).files()
        #expect(
            files.map(\.version) == ["1.9", "1.10", "9", "10", "20230101120000", "20230102130000"])
        #expect(
            files.map(\.description) == [
                "early one", "dotted", "nine", "ten", "create users table", "add age column",
            ])
        #expect(files[5].path == folder.path + "/20230102130000_add_age_column.sql")
        #expect(try MigrationFolder(folder.path + "/").files()[5].path == files[5].path)
    }

    @Test(arguments: [
        "create_users.sql", "20230101120000.sql", "20230101120000_.sql", "20230101120000-create.sql",
        "2023a_create.sql", "_x.sql", "1._x.sql", "V1__create_accounts.sql",
    ])
    func namesWhatIsMalformed(_ name: String) throws {
        let folder = try TemporaryFolder()
        try folder.write("1_fine.sql", "SELECT 1;")
        try folder.write(name, "SELECT 1;")
        expectRefusal(folder.path + "/" + name, "rename", code: .migrationFile) {
            _ = try MigrationFolder(folder.path).files()
        }
    }

    @Test func namesAllDuplicates() throws {
        let folder = try TemporaryFolder()
        for name in ["1_a.sql", "001_b.sql", "2_c.sql", "2.0_d.sql"] { try folder.write(name, "SELECT 1;") }
        expectRefusal("1_a.sql", "001_b.sql", "2_c.sql", "2.0_d.sql", "same version", code: .migrationFile) {
            _ = try MigrationFolder(folder.path).files()
        }
    }

    @Test func namesAFolderThatIsNotThere() throws {
        expectRefusal("/nowhere/migrations", code: .migrationFile) {
            _ = try MigrationFolder("/nowhere/migrations").files()
        }
    }

    @Test func refusesWhatIsNoFile() throws {
        let folder = try TemporaryFolder()
        let made = unsafe mkfifo(folder.path + "/1_pipe.sql", 0o600)
        try #require(made == 0)
        expectRefusal("1_pipe.sql", "regular", code: .migrationFile) { _ = try MigrationFolder(folder.path).files() }
    }

    private let noon = PostgresTimestamp(
        PostgresDateTimeComponents(year: 2023, month: 1, day: 1, hour: 12))

    @Test func writesAndReads() throws {
        let now = try #require(noon)
        let folder = try TemporaryFolder()
        let nested = MigrationFolder(folder.path + "/a/b/migrations/")
        let long = String(repeating: "SELECT 'x';\n", count: 20_000)
        let first = try nested.write(long, at: now) { "\($0)_first_one.sql" }
        let second = try nested.write("SELECT 2;\n", at: now) { "\($0)_second.sql" }
        #expect(first.version == "20230101120000" && first.description == "first one")
        #expect(second.version == "20230101120001")
        #expect(try nested.files().map(\.path) == [first.path, second.path])
        #expect(try nested.bytes(of: first) == Array(long.utf8))
        expectRefusal(first.path, code: .migrationFile) {
            _ = try nested.write("overwritten", at: now) { _ in "20230101120000_first_one.sql" }
        }
        #expect(try nested.bytes(of: first) == Array(long.utf8))
    }

    @Test func saysWhyAFolderCannotBeMade() throws {
        let now = try #require(noon)
        let folder = try TemporaryFolder()
        try folder.write("file", "")
        expectRefusal(folder.path + "/file/migrations", code: .migrationFile) {
            _ = try MigrationFolder(folder.path + "/file/migrations").write("", at: now) { "\($0)_x.sql" }
        }
    }

    @Test func writersAtOnceGetDifferentVersions() async throws {
        let now = try #require(noon)
        let folder = try TemporaryFolder()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for writer in 0..<8 {
                group.addTask { @concurrent in
                    for number in 0..<5 {
                        _ = try MigrationFolder(folder.path).write("SELECT 1;", at: now) {
                            "\($0)_writer_\(writer)_\(number).sql"
                        }
                    }
                }
            }
            try await group.waitForAll()
        }
        let versions = try MigrationFolder(folder.path).files().map(\.version)
        #expect(versions.first == "20230101120000" && versions.last == "20230101120039" && versions.count == 40)
    }
}
