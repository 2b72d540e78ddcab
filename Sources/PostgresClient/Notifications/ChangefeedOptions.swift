import PostgresWire

/// What a changefeed tells, and from when on.
///
/// Source: CockroachDB's documentation, "CREATE CHANGEFEED".
public struct ChangefeedOptions: Sendable {
    /// Whether the rows that the tables have at the beginning are told first.
    public enum InitialScan: String, Sendable, Hashable {
        case yes, no
        /// Nothing else is told: the stream ends after them.
        case only
    }

    /// Whether the rows that are there at the beginning are told; nil for what the server does: yes without a cursor.
    public var initialScan: InitialScan?
    /// Tells what changed after this moment, a number that ``ChangefeedEvent/resolved(_:)`` brought.
    public var cursor: String?
    /// Ends after this moment.
    public var endTime: String?
    /// How often to tell at least that everything up to a moment was told; nil for never.
    public var resolved: Duration?
    /// Whether each value says when it came to be.
    public var isUpdatedShown = false
    /// Further options by name, as `["diff": nil, "format": "json"]`; nil for one without a value.
    public var others: [(name: String, value: String?)] = []

    public init() {}

    /// The statement that follows these tables.
    ///
    /// - Throws: ``PostgresError/Code-swift.struct/invalidArgument`` if there is no table, or an option's name is none.
    func statement(_ tables: [Identifier]) throws(PostgresError) -> SQL {
        guard !tables.isEmpty else {
            throw PostgresError(.invalidArgument, "there is no table to follow").with(isSafeToRetry: true)
        }
        var sql: SQL = "CREATE CHANGEFEED FOR "
        for (number, table) in tables.enumerated() {
            sql = number == 0 ? "\(sql)TABLE \(identifier: table)" : "\(sql), TABLE \(identifier: table)"
        }
        var options: [(name: String, value: String?)] = []
        if let initialScan { options.append(("initial_scan", initialScan.rawValue)) }
        if let cursor { options.append(("cursor", cursor)) }
        if let endTime { options.append(("end_time", endTime)) }
        if let resolved { options.append(("resolved", "\(Self.milliseconds(resolved))ms")) }
        if isUpdatedShown { options.append(("updated", nil)) }
        for (number, option) in (options + others).enumerated() {
            guard !option.name.isEmpty, option.name.utf8.allSatisfy(Self.isPartOfName) else {
                throw PostgresError(
                    .invalidArgument, "\(option.name.debugDescription) is no option of a changefeed"
                ).with(isSafeToRetry: true)
            }
            // Of letters and underscores only.
            let name = SQL(unsafeSQL: option.name)
            sql = number == 0 ? "\(sql) WITH \(name)" : "\(sql), \(name)"
            if let value = option.value { sql = "\(sql) = \(value)" }
        }
        return sql
    }

    private static func isPartOfName(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "_") || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
    }

    private static func milliseconds(_ duration: Duration) -> Int64 {
        let (seconds, attoseconds) = duration.components
        let (whole, overflow) = seconds.multipliedReportingOverflow(by: 1000)
        return overflow ? .max : max(0, whole + attoseconds / 1_000_000_000_000_000)
    }
}
