/// Where a stream with a connection of its own has it from, and who may end it.
public struct NotificationSource: Sendable {
    package let configuration: ConnectionConfiguration
    let now: @Sendable () -> ContinuousClock.Instant
    let random: @Sendable () -> Double
    /// The pool that ends the stream when it is closed.
    private let pool: ConnectionPool?

    init(
        _ configuration: ConnectionConfiguration, pool: ConnectionPool? = nil,
        now: @escaping @Sendable () -> ContinuousClock.Instant = { .now },
        random: @escaping @Sendable () -> Double = { .random(in: 0...1) }
    ) {
        self.configuration = configuration
        self.pool = pool
        self.now = now
        self.random = random
    }

    /// Has the pool's end interrupt the stream.
    ///
    /// - Throws: ``PostgresError/Code-swift.struct/connectionClosed`` if the pool is closed already.
    func attach(_ interrupter: Interrupter) throws(PostgresError) { try pool?.attach(interrupter) }

    func detach(_ interrupter: Interrupter) { pool?.detach(interrupter) }
}
