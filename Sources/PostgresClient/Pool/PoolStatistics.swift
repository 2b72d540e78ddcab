/// How a pool stands at one moment.
public struct PoolStatistics: Hashable, Sendable {
    /// Connections that are open or being opened.
    public let open: Int
    /// Those of them that nobody uses.
    public let idle: Int
    /// Callers that wait for one.
    public let waiting: Int
}
