package import PostgresWire

/// Reads what is applied, without the lock and without changing anything.
package struct MigrationReading: MigrationProcedure {
    private enum Stage {
        case session(MigrationSession)
        case table(MigrationTable)
    }

    private let context: MigrationContext
    private var stage: Stage

    /// The rows of the table; none if there is no table yet.
    package private(set) var applied: [AppliedMigration] = []
    /// The table with its schema, once it is known.
    package private(set) var table: Identifier

    package init(_ context: MigrationContext) {
        self.context = context
        table = context.table
        stage = .session(MigrationSession(context.dialect, context.table))
    }

    package mutating func next(_ answer: MigrationAnswer) throws(PostgresError) -> MigrationRequest {
        switch stage {
        case .session(var session):
            let request = try session.next(answer)
            guard case .done = request else {
                stage = .session(session)
                return request
            }
            table = session.table
            var reading = MigrationTable(context.dialect, table, mayChange: false)
            let first = try reading.next(.nothing(at: answer.time))
            stage = .table(reading)
            return first
        case .table(var reading):
            let request = try reading.next(answer)
            stage = .table(reading)
            applied = reading.applied
            return request
        }
    }
}
