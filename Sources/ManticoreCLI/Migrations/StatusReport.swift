import Manticore

/// What `manticore status` shows.
struct StatusReport {
    let migrations: [MigrationStatus]

    init(_ migrations: [MigrationStatus]) {
        self.migrations = migrations
    }

    /// What the migrations' states mean to a script; files that do not fit weigh more than pending ones.
    var exitStatus: ExitStatus {
        if migrations.contains(where: { $0.isEdited || $0.state == .missingFile || $0.state == .outOfOrder }) {
            return .drift
        }
        return migrations.contains { $0.state == .pending } ? .pending : .success
    }

    /// The report for people.
    func lines(for terminal: Terminal) -> [String] {
        if migrations.isEmpty { return ["no migrations"] }
        var table = TextTable([
            .init(title: "version", isFlexible: false), .init(title: "description"),
            .init(title: "state", isFlexible: false), .init(title: "applied at", isFlexible: false),
        ])
        for migration in migrations {
            table.add([
                .init(migration.version), .init(migration.description),
                .init(Self.words(for: migration), Self.style(for: migration)),
                .init(migration.applied.map { Self.seconds($0.appliedAt) } ?? ""),
            ])
        }
        return table.lines(for: terminal) + ["", summary]
    }

    /// The report for programs.
    var json: JSON {
        .object([
            "ok": .bool(true),
            "up_to_date": .bool(exitStatus == .success),
            "applied": .int(migrations.count { $0.applied != nil }),
            "pending": .int(pending),
            "migrations": .array(
                migrations.map { migration in
                    .object([
                        "version": .string(migration.version), "description": .string(migration.description),
                        "state": .string(Self.word(for: migration.state)), "edited": .bool(migration.isEdited),
                        "file": .optional(migration.file?.path),
                        "applied_at": .optional(migration.applied.map { Self.iso($0.appliedAt) }),
                        "ms": migration.applied?.duration.map { .milliseconds($0) } ?? .null,
                    ])
                }),
        ])
    }

    private var pending: Int { migrations.count { $0.state == .pending || $0.state == .outOfOrder } }

    private var summary: String {
        "\(migrations.count { $0.applied != nil }) applied, \(pending) pending"
    }

    private static func words(for migration: MigrationStatus) -> String {
        word(for: migration.state) + (migration.isEdited ? ", edited since" : "")
    }

    private static func word(for state: MigrationStatus.State) -> String {
        switch state {
        case .applied: "applied"
        case .missingFile: "missing file"
        case .pending: "pending"
        case .outOfOrder: "out of order"
        }
    }

    private static func style(for migration: MigrationStatus) -> Terminal.Style {
        switch migration.state {
        case .applied: migration.isEdited ? .red : .green
        case .pending: .yellow
        case .missingFile, .outOfOrder: .red
        }
    }

    /// A time as the server prints it, without the fraction of its second.
    private static func seconds(_ time: PostgresTimestampWithTimeZone) -> String {
        let text = time.description
        guard let point = text.firstIndex(of: ".") else { return text }
        return String(text[..<point]) + text[point...].drop { $0 == "." || $0.isNumber }
    }

    /// A time by RFC 3339; a time that has none as the server prints it.
    private static func iso(_ time: PostgresTimestampWithTimeZone) -> String {
        let text = time.description
        guard text.hasSuffix("+00") else { return text }
        return text.dropLast(3).split(separator: " ").joined(separator: "T") + "Z"
    }
}
