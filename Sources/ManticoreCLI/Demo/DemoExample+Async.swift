import Manticore

extension DemoExample {
    /// Runs the example in the async form.
    static func runAsync(
        _ configuration: ConnectionConfiguration, directory: String, _ transcript: DemoTranscript
    ) async throws {
        let db = Database(configuration)
        defer { db.close() }
        let migration = Migration(db, directory: directory)

        _ = try await transcript.step("connect", { try await db.connect() }) { .init("") }
        _ = try await transcript.step("create") {
            try await migration.create(createUsers.description, up: createUsers.up, down: createUsers.down)
        } _: {
            .init(name(of: $0))
        }
        _ = try await transcript.step("create") {
            try await migration.create(addAge.description, up: addAge.up, down: addAge.down)
        } _: {
            .init(name(of: $0))
        }
        let files = try await transcript.step("load", { try await migration.load() }) { files in
            try check(files)
            return .init("\(files.count) migrations: " + files.map(\.description).joined(separator: ", "))
        }
        _ = try await transcript.step("migrate", { try await migration.migrate() }) { count in
            try check(count, is: 2, "applied")
            return .init("\(count) applied")
        }
        for person in people {
            _ = try await transcript.step("insert(users)") {
                try await db.insert("users", ["name": person.name, "email": person.email, "age": person.age])
            } _: { row in
                .init("id \(try row["id"])")
            }
        }
        _ = try await transcript.step("select(users)") {
            try await db.select("users", columns: columns, orderBy: "name")
        } _: { rows in
            try check(rows, ages: people.map(\.age))
            return .init("\(rows.count) rows", rows)
        }
        _ = try await transcript.step("currentVersion", { try await migration.currentVersion() }) { version in
            try DemoTranscript.expect(version == files.last?.version, "the current version is \(version ?? "none")")
            return .init(version ?? "none")
        }
        _ = try await transcript.step("rollback(count: 1)", { try await migration.rollback(count: 1) }) { count in
            try check(count, is: 1, "rolled back")
            return .init("\(count) rolled back: \(addAge.description)")
        }
        _ = try await transcript.step("select(users)", { try await db.select("users", limit: 10) }) { rows in
            try checkWithoutAge(rows)
            let names = rows.columns.descriptions.map(\.name)
            return .init("\(rows.count) rows with " + names.joined(separator: ", "))
        }
        _ = try await transcript.step("migrate", { try await migration.migrate() }) { count in
            try check(count, is: 1, "applied")
            return .init("\(count) applied")
        }
        _ = try await transcript.step("select(users)") {
            try await db.select("users", columns: columns, orderBy: "name")
        } _: { rows in
            try check(rows, ages: people.map { _ in nil })
            return .init("\(rows.count) rows", rows)
        }
        for table in ["users", "_migrations"] {
            _ = try await transcript.step("dropTable(\(table))") {
                try await db.dropTable(table, ifExists: true)
                return try await db.tableExists(table)
            } _: { isThere in
                try DemoTranscript.expect(!isThere, "the table \(table) is still there")
                return .init("")
            }
        }
    }
}
