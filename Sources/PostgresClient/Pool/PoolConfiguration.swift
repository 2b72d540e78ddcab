/// How many connections a pool may hold, and how long somebody waits for one.
public struct PoolConfiguration: Hashable, Sendable {
    /// How many connections an explicit `connect()` opens, at least one. All others are made when they are needed.
    public var minConnections = 0

    /// The most connections at a time.
    public var maxConnections = 10

    /// How long to wait for a connection to come free; nil for ever.
    public var acquireTimeout: Duration? = .seconds(30)

    public init() {}
}
