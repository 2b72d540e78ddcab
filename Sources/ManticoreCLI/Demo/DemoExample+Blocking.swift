import Manticore

extension DemoExample {
    /// Runs the example in the blocking form.
    // Not closed to async code: the demo has nothing else to do meanwhile.
    static func runBlocking(
        _ configuration: ConnectionConfiguration, directory: String, _ transcript: DemoTranscript
    ) throws {
        let db = Database(configuration)
        defer { db.close() }
        let migration = Migration(db, directory: directory)

        _ = try transcript.step("connect", { try db.connect() }) { .init("") }
        _ = try transcript.step("create") {
            try migration.create(createUsers.description, up: createUsers.up, down: createUsers.down)
        } _: {
            .init(name(of: $0))
        }
        _ = try transcript.step("create") {
            try migration.create(addAge.description, up: addAge.up, down: addAge.down)
        } _: {
            .init(name(of: $0))
        }
        let files = try transcript.step("load", { try migration.load() }) { files in
            try check(files)
            return .init("\(files.count) migrations: " + files.map(\.description).joined(separator: ", "))
        }
        _ = try transcript.step("migrate", { try migration.migrate() }) { count in
            try check(count, is: 2, "applied")
            return .init("\(count) applied")
        }
        for person in people {
            _ = try transcript.step("insert(users)") {
                try db.insert("users", ["name": person.name, "email": person.email, "age": person.age])
            } _: { row in
                .init("id \(try row["id"])")
            }
        }
        _ = try transcript.step("select(users)") {
            try db.select("users", columns: columns, orderBy: "name")
        } _: { rows in
            try check(rows, ages: people.map(\.age))
            return .init("\(rows.count) rows", rows)
        }
        _ = try transcript.step("currentVersion", { try migration.currentVersion() }) { version in
            try DemoTranscript.expect(version == files.last?.version, "the current version is \(version ?? "none")")
            return .init(version ?? "none")
        }
        _ = try transcript.step("rollback(count: 1)", { try migration.rollback(count: 1) }) { count in
            try check(count, is: 1, "rolled back")
            return .init("\(count) rolled back: \(addAge.description)")
        }
        _ = try transcript.step("select(users)", { try db.select("users", limit: 10) }) { rows in
            try checkWithoutAge(rows)
            let names = rows.columns.descriptions.map(\.name)
            return .init("\(rows.count) rows with " + names.joined(separator: ", "))
        }
        _ = try transcript.step("migrate", { try migration.migrate() }) { count in
            try check(count, is: 1, "applied")
            return .init("\(count) applied")
        }
        _ = try transcript.step("select(users)") {
            try db.select("users", columns: columns, orderBy: "name")
        } _: { rows in
            try check(rows, ages: people.map { _ in nil })
            return .init("\(rows.count) rows", rows)
        }
        for table in ["users", "_migrations"] {
            _ = try transcript.step("dropTable(\(table))") {
                try db.dropTable(table, ifExists: true)
                return try db.tableExists(table)
            } _: { isThere in
                try DemoTranscript.expect(!isThere, "the table \(table) is still there")
                return .init("")
            }
        }
    }
}
