package import PostgresWire

/// Decides which migrations are run, and refuses what must not be, before anything is.
package struct MigrationPlan: Sendable {
    private let sources: [MigrationSource]
    // In the order of application.
    private let applied: [AppliedMigration]
    private let table: String

    /// - Parameters:
    ///   - sources: the files, in the order of their versions.
    ///   - applied: the rows of the table, in any order.
    ///   - table: the table's name for messages.
    package init(_ sources: [MigrationSource], applied: [AppliedMigration], table: String) {
        self.sources = sources
        self.applied = applied.sorted { $0.precedes($1) }
        self.table = table
    }

    /// The highest version that is applied.
    package var current: MigrationVersion? { applied.map(\.number).max() }

    /// The files that are not applied, in the order of their versions.
    package var pending: [MigrationSource] {
        let versions = Set(applied.map(\.number))
        return sources.filter { !versions.contains($0.number) }
    }

    /// Where every migration stands, in the order of the versions.
    package func statuses() throws(PostgresError) -> [MigrationStatus] {
        let rows = Dictionary(applied.map { ($0.number, $0) }) { first, _ in first }
        let current = current
        var statuses: [(number: MigrationVersion, status: MigrationStatus)] = []
        for source in sources {
            let row = rows[source.number]
            let isLate = current.map { source.number < $0 } ?? false
            let state: MigrationStatus.State = row != nil ? .applied : isLate ? .outOfOrder : .pending
            var isEdited = false
            if let checksum = row?.checksum { isEdited = try MigrationText.checksum(source.bytes) != checksum }
            statuses.append(
                (source.number, MigrationStatus(state: state, file: source.file, applied: row, isEdited: isEdited)))
        }
        let files = Set(sources.map(\.number))
        for row in applied where !files.contains(row.number) {
            statuses.append((row.number, MigrationStatus(state: .missingFile, file: nil, applied: row)))
        }
        return statuses.sorted { $0.number < $1.number }.map(\.status)
    }

    /// The steps that carry out a command, in their order.
    ///
    /// - Throws: ``PostgresError`` with ``PostgresError/Code-swift.struct/migrationTarget`` for a version that does
    ///   not exist or lies on the wrong side, with ``PostgresError/Code-swift.struct/migrationOutOfOrder``, and with
    ///   ``PostgresError/Code-swift.struct/migrationFile`` if any of the files cannot be run.
    package func steps(
        for command: MigrationCommand, allowsOutOfOrder: Bool = false
    ) throws(PostgresError) -> [MigrationStep] {
        switch command {
        case .migrate(let target): try migrate(to: target, allowsOutOfOrder: allowsOutOfOrder)
        case .rollback(let count): try revert(applied.suffix(count).reversed())
        case .rollbackTo(let target): try revert(newer(than: target))
        }
    }

    private func migrate(
        to target: MigrationVersion?, allowsOutOfOrder: Bool
    ) throws(PostgresError) -> [MigrationStep] {
        var pending = pending
        let current = current
        if let target {
            guard sources.contains(where: { $0.number == target }) || applied.contains(where: { $0.number == target })
            else { throw unknown(target) }
            if let current, target < current {
                throw PostgresError(
                    .migrationTarget,
                    "the version \(target) is lower than the current version \(current): migrating only goes "
                        + "forward; use rollback(to: \"\(target)\") to take back what is newer")
            }
            pending.removeAll { target < $0.number }
        }
        if !allowsOutOfOrder, let current {
            let late = pending.filter { $0.number < current }.map(\.file.path)
            if !late.isEmpty {
                throw PostgresError(
                    .migrationOutOfOrder,
                    "these files are not applied, although \(current), which is newer, is: "
                        + late.joined(separator: ", ")
                        + "; give them versions after \(current), or allow migrations out of order "
                        + "(allowsOutOfOrder: true) if they do not depend on the order")
            }
        }
        var steps: [MigrationStep] = []
        var complaints: [PostgresError] = []
        for source in pending {
            do throws(PostgresError) {
                steps.append(try Self.apply(source))
            } catch {
                complaints.append(error)
            }
        }
        try Self.refuse(complaints)
        return steps
    }

    private static func apply(_ source: MigrationSource) throws(PostgresError) -> MigrationStep {
        let text = try source.text()
        if text.forward.isEmpty {
            throw PostgresError(
                .migrationFile,
                "\(source.file.path): there is no SQL to apply in it; write SELECT 1; if it is meant to do nothing")
        }
        return MigrationStep(
            direction: .apply(checksum: try MigrationText.checksum(source.bytes), undoText: text.undoText),
            version: source.file.version, description: source.file.description, statements: text.forward,
            origin: source.file.path)
    }

    private func newer(than target: MigrationVersion) throws(PostgresError) -> [AppliedMigration] {
        guard applied.contains(where: { $0.number == target }) else {
            guard let source = sources.first(where: { $0.number == target }) else { throw unknown(target) }
            throw PostgresError(
                .migrationTarget,
                "the version \(target) (\(source.file.path)) is not applied, so there is no rolling back to it")
        }
        return applied.filter { target < $0.number }.reversed()
    }

    private func revert(_ rows: [AppliedMigration]) throws(PostgresError) -> [MigrationStep] {
        var steps: [MigrationStep] = []
        var complaints: [PostgresError] = []
        for row in rows {
            do throws(PostgresError) {
                steps.append(try revert(row))
            } catch {
                complaints.append(error)
            }
        }
        try Self.refuse(complaints)
        return steps
    }

    private func revert(_ row: AppliedMigration) throws(PostgresError) -> MigrationStep {
        let source = sources.first { $0.number == row.number }
        let origin: String
        let text: MigrationText
        if let source {
            origin = source.file.path
            text = try source.text()
        } else if let undoText = row.undoText {
            // The file is gone, but what it said was kept.
            origin = "the undo SQL of \(row.version) in \(table)"
            text = try MigrationText(undo: undoText, path: origin)
        } else {
            throw PostgresError(
                .migrationFile,
                "the version \(row.version) (\(row.description)) cannot be rolled back: its file is missing, and "
                    + "\(table) holds no undo SQL for it; bring the file back")
        }
        guard let statements = text.undo else {
            throw PostgresError(
                .migrationFile,
                "\(origin): the version \(row.version) cannot be rolled back, since there is no undo SQL; write it "
                    + "after a line -- @UNDO")
        }
        return MigrationStep(
            direction: .revert, version: row.version, description: row.description, statements: statements,
            origin: origin)
    }

    /// Throws all complaints as one error, so that they can be dealt with at once.
    private static func refuse(_ complaints: [PostgresError]) throws(PostgresError) {
        guard let first = complaints.first else { return }
        throw complaints.count == 1 ? first : first.with(message: complaints.map(\.message).joined(separator: "\n"))
    }

    private func unknown(_ target: MigrationVersion) -> PostgresError {
        PostgresError(
            .migrationTarget,
            "there is no migration with the version \(target), neither as a file nor in \(table)")
    }
}
