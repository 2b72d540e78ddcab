/// What one statement of a pipeline will have answered once the pipeline has run.
///
/// ```swift
/// let (names, updated) = try db.pipeline { pipeline in
///     (
///         try pipeline.query("SELECT name FROM users WHERE age > \(30)", as: String.self),
///         try pipeline.execute("UPDATE users SET seen = now()")
///     )
/// }
/// print(try names.get(), try updated.get().rowsAffected)
/// ```
public final class PipelineResult<Value> {
    private enum State {
        case pending
        case answered(Rows)
        case failed(PostgresError)
    }

    private var state = State.pending
    private let decode: (Rows) throws(PostgresError) -> Value

    init(_ decode: @escaping (Rows) throws(PostgresError) -> Value) {
        self.decode = decode
    }

    /// The value that the statement answered; its rows are decoded by this call.
    ///
    /// - Throws: ``PostgresError``: what the server said of this statement;
    ///   ``PostgresError/Code-swift.struct/pipelineAborted`` if it was skipped, or undone, because of another one;
    ///   ``PostgresError/Code-swift.struct/invalidArgument`` before the pipeline has run;
    ///   ``PostgresError/Code-swift.struct/decodingFailed`` if its rows are of other types.
    public func get() throws(PostgresError) -> Value {
        switch state {
        case .pending:
            throw PostgresError(
                .invalidArgument, "the result is there once the pipeline has run, after the closure that built it")
        case .answered(let rows):
            return try decode(rows)
        case .failed(let error):
            throw error
        }
    }
}

/// Where the reply to a statement of a pipeline goes.
protocol PipelineReceiver: AnyObject {
    func receive(_ rows: Rows)
    func fail(_ error: PostgresError)
    /// Whether it knows nothing yet.
    var isPending: Bool { get }
}

extension PipelineResult: PipelineReceiver {
    var isPending: Bool { if case .pending = state { true } else { false } }

    func receive(_ rows: Rows) {
        state = .answered(rows)
    }

    func fail(_ error: PostgresError) {
        state = .failed(error)
    }
}
