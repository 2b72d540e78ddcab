import Manticore

/// What the demo does and expects, the same in both forms.
enum DemoExample {
    static let createUsers = (
        description: "create users table",
        up: """

        CREATE TABLE users (
            id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
            name TEXT NOT NULL,
            email TEXT NOT NULL UNIQUE,
            active BOOLEAN NOT NULL DEFAULT true
        );

        """,
        down: "DROP TABLE users;"
    )

    static let addAge = (
        description: "add age column",
        up: "ALTER TABLE users ADD COLUMN age INT;",
        down: "ALTER TABLE users DROP COLUMN age;"
    )

    /// The rows that are inserted, in the order of their names as they are read back.
    static let people: [(name: String, email: String, age: Int)] = [
        ("Ann", "ann@example.com", 30), ("José", "jose@example.com", 41), ("美咲", "misaki@example.com", 27),
    ]

    /// What to select of the users: not their identifiers, which are long and random.
    static let columns = ["name", "email", "active", "age"]

    /// Checks that the rows are those that were inserted, with or without their ages.
    static func check(_ rows: Rows, ages: [Int?]) throws {
        try DemoTranscript.expect(
            rows.count == people.count, "\(rows.count) rows were selected, not the \(people.count) that were inserted")
        for ((row, person), age) in zip(zip(rows, people), ages) {
            let name = try row.decode("name", as: String.self)
            let email = try row.decode("email", as: String.self)
            try DemoTranscript.expect(
                name == person.name && email == person.email, "\(row) was selected in place of \(person.name)")
            try DemoTranscript.expect(try row.decode("active", as: Bool.self), "the default of \"active\" is missing")
            let found = try row.decode("age", as: Int?.self)
            try DemoTranscript.expect(
                found == age, "the age of \(name) is \(String(describing: found)), not \(String(describing: age))")
        }
    }

    /// Checks that the column is gone.
    static func checkWithoutAge(_ rows: Rows) throws {
        let names = rows.columns.descriptions.map(\.name)
        try DemoTranscript.expect(rows.count == people.count, "\(rows.count) rows are left of \(people.count)")
        try DemoTranscript.expect(!names.contains("age"), "the column \"age\" is still there after its rollback")
    }

    /// Checks a number of migrations.
    static func check(_ count: Int, is expected: Int, _ what: String) throws {
        try DemoTranscript.expect(count == expected, "\(count) migrations were \(what), not \(expected)")
    }

    /// Checks that the files are the two, in their order.
    static func check(_ files: [MigrationFile]) throws {
        let descriptions = files.map(\.description)
        try DemoTranscript.expect(
            descriptions == [createUsers.description, addAge.description], "the files loaded are \(descriptions)")
    }

    /// The name of a file without its folder.
    static func name(of file: MigrationFile) -> String {
        file.path.split(separator: "/").last.map { String($0) } ?? file.path
    }
}
