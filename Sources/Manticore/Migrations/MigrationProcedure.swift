package import PostgresWire

/// A part of a run of migrations as a value: it says what is to be done next, and is told what came of it.
///
/// It does no I/O and reads no clock, so that there is one for both faces and tests can script what it meets. Two
/// drivers carry out the requests, see ``MigrationDriver``.
package protocol MigrationProcedure {
    /// Takes the answer to the last request, at first ``MigrationAnswer/nothing(at:)``, and makes the next one.
    ///
    /// - Throws: what the run ends with; everything that had to be cleaned up is.
    mutating func next(_ answer: MigrationAnswer) throws(PostgresError) -> MigrationRequest
}

/// What a migration procedure wants done.
package enum MigrationRequest: Sendable {
    /// Run a statement of our own, which may have parameters.
    case query(SQL)
    /// Run one statement by the simple protocol, as it stands.
    case run(String)
    /// Do nothing for a while.
    case sleep(Duration)
    /// Tell whoever watches.
    case report(MigrationEvent)
    /// Close the connection, which must not be used by anybody else.
    case abandon
    /// It is finished.
    case done
}

/// What came of a request.
package struct MigrationAnswer: Sendable {
    /// What a statement returned, empty after other requests; or why it failed.
    package let result: Result<Reply, PostgresError>
    /// When: time that only goes forward, from any start.
    package let time: Duration

    /// What a statement returned.
    package struct Reply: Sendable {
        package var rows: [[PostgresValue]] = []
        package var tag = CommandTag("")
        package var status = TransactionStatus.idle

        package init(
            rows: [[PostgresValue]] = [], tag: CommandTag = CommandTag(""), status: TransactionStatus = .idle
        ) {
            self.rows = rows
            self.tag = tag
            self.status = status
        }
    }

    package init(_ result: Result<Reply, PostgresError>, at time: Duration) {
        self.result = result
        self.time = time
    }

    /// Nothing was asked, or nothing returned.
    package static func nothing(at time: Duration) -> MigrationAnswer {
        MigrationAnswer(.success(Reply()), at: time)
    }

    /// What a statement returned.
    package func reply() throws(PostgresError) -> Reply { try result.get() }
}

extension PostgresError {
    /// Whether the connection is gone or must not be trusted any more.
    var endsConnection: Bool {
        switch code {
        case .connectionLost, .connectionClosed, .connectionFailed, .outcomeUnknown, .protocolViolation, .tls: true
        default: server?.isFatal ?? false
        }
    }
}
