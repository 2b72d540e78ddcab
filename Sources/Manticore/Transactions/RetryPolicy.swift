/// How often, and after what pauses, a transaction is run again that the server asked to repeat.
///
/// The server asks by SQLSTATE 40001 (serialization failure) or 40P01 (deadlock). The pause before the first repetition is
/// chosen at random between nothing and ``base``; for each further one the upper end doubles, up to ``cap``. So those
/// who collided do not collide again.
///
/// ```swift
/// var policy = RetryPolicy()
/// policy.maxAttempts = 3
/// try db.transaction(isolation: .serializable, retry: policy) { tx in
///     try tx.update("accounts", ["balance": 0], where: ["id": 7])
/// }
/// ```
public struct RetryPolicy: Hashable, Sendable {
    /// How many times the transaction is run at most, the first time included.
    public var maxAttempts = 10
    /// The time, counted from the first attempt's begin, after which no repetition begins.
    public var timeLimit = Duration.seconds(60)
    /// The longest pause before the first repetition.
    public var base = Duration.milliseconds(25)
    /// The longest pause.
    public var cap = Duration.seconds(5)

    /// Makes the default: at most 10 attempts within 60 s.
    public init() {}

    /// One attempt, no repetition.
    public static let never: RetryPolicy = {
        var policy = RetryPolicy()
        policy.maxAttempts = 1
        return policy
    }()

    /// The pause before the next attempt, or nil if there is none.
    ///
    /// - Parameters:
    ///   - attempts: How many were made.
    ///   - elapsed: The time since the first began.
    func pause(
        after attempts: Int, elapsed: Duration, using generator: inout some RandomNumberGenerator
    ) -> Duration? {
        guard attempts < maxAttempts, elapsed < timeLimit else { return nil }
        var limit = max(.zero, base)
        for _ in 1..<max(1, attempts) where limit < cap { limit += min(limit, cap - limit) }
        let pause = min(limit, max(.zero, cap)) * Double.random(in: 0...1, using: &generator)
        return elapsed + pause < timeLimit ? pause : nil
    }
}
