/// A cursor that was declared by `DECLARE`: its rows are fetched some at a time and, if it may scroll, in any order.
///
/// ```swift
/// try db.transaction { tx in
///     let cursor = try tx.declareCursor("people", for: "SELECT name FROM users ORDER BY age", scrolls: true)
///     let oldest = try cursor.fetch(.last, as: String.self)
///     let youngest = try cursor.fetch(.first, as: String.self)
///     print(oldest, youngest)
/// }
/// ```
///
/// Source: PostgreSQL manual, "DECLARE", "FETCH", "MOVE", "CLOSE".
public struct Cursor {
    /// Which rows.
    public enum Direction: Hashable, Sendable {
        /// The next so many; a negative number means the previous ones.
        case forward(Int)
        /// The previous so many, the nearest first.
        case backward(Int)
        /// All that are left.
        case all
        /// All before this one, the nearest first.
        case allBefore
        /// The first row.
        case first
        /// The last row.
        case last
        /// The row of this number, from 1, or from the end if it is negative.
        case absolute(Int)
        /// The row so many further.
        case relative(Int)

        fileprivate var sql: SQL {
            switch self {
            case .forward(let count): "FORWARD \(unsafeSQL: "\(count)")"
            case .backward(let count): "BACKWARD \(unsafeSQL: "\(count)")"
            case .all: "FORWARD ALL"
            case .allBefore: "BACKWARD ALL"
            case .first: "FIRST"
            case .last: "LAST"
            case .absolute(let number): "ABSOLUTE \(unsafeSQL: "\(number)")"
            case .relative(let count): "RELATIVE \(unsafeSQL: "\(count)")"
            }
        }
    }

    let connection: Connection
    /// The cursor's name.
    public let name: String

    static func declaration(_ name: String, _ sql: SQL, scrolls: Bool, isHeld: Bool) -> SQL {
        let scroll: SQL = scrolls ? "SCROLL" : "NO SCROLL"
        let hold: SQL = isHeld ? " WITH HOLD" : ""
        return "DECLARE \(identifier: name) \(scroll) CURSOR\(hold) FOR \(sql)"
    }

    private func fetching(_ direction: Direction) -> SQL { "FETCH \(direction.sql) FROM \(identifier: name)" }
    private func moving(_ direction: Direction) -> SQL { "MOVE \(direction.sql) FROM \(identifier: name)" }
    private var closing: SQL { "CLOSE \(identifier: name)" }

    /// Fetches rows; the calling thread waits.
    ///
    /// - Parameter direction: Which rows.
    /// - Returns: The rows; none beyond either end.
    /// - Throws: ``PostgresError``, 55000 where a cursor that may not scroll is to go back.
    @available(*, noasync, message: "in async code write `try await`; in main.swift put it inside a function")
    public func fetch(_ direction: Direction) throws(PostgresError) -> Rows {
        try connection.query(fetching(direction))
    }

    /// Fetches rows; the calling task waits.
    ///
    /// - Parameter direction: Which rows.
    /// - Returns: The rows; none beyond either end.
    /// - Throws: as the form above.
    public func fetch(_ direction: Direction) async throws(PostgresError) -> Rows {
        try await connection.query(fetching(direction))
    }

    /// Fetches rows as tuples; the calling thread waits.
    ///
    /// - Parameters:
    ///   - direction: Which rows.
    ///   - type: What to read each row as.
    @available(*, noasync, message: "in async code write `try await`; in main.swift put it inside a function")
    public func fetch<each Value: PostgresDecodable>(
        _ direction: Direction, as type: (repeat each Value).Type
    ) throws(PostgresError) -> [(repeat each Value)] {
        try connection.query(fetching(direction), as: type)
    }

    /// Fetches rows as tuples; the calling task waits.
    ///
    /// - Parameters:
    ///   - direction: Which rows.
    ///   - type: What to read each row as.
    public func fetch<each Value: PostgresDecodable>(
        _ direction: Direction, as type: (repeat each Value).Type
    ) async throws(PostgresError) -> [(repeat each Value)] {
        try await connection.query(fetching(direction), as: type)
    }

    /// Fetches rows of a single column; the calling thread waits.
    ///
    /// - Parameters:
    ///   - direction: Which rows.
    ///   - type: What to read the column as.
    @available(*, noasync, message: "in async code write `try await`; in main.swift put it inside a function")
    public func fetch<Value: PostgresDecodable>(
        _ direction: Direction, as type: Value.Type
    ) throws(PostgresError) -> [Value] {
        try connection.query(fetching(direction), as: type)
    }

    /// Fetches rows of a single column; the calling task waits.
    ///
    /// - Parameters:
    ///   - direction: Which rows.
    ///   - type: What to read the column as.
    public func fetch<Value: PostgresDecodable>(
        _ direction: Direction, as type: Value.Type
    ) async throws(PostgresError) -> [Value] {
        try await connection.query(fetching(direction), as: type)
    }

    /// Moves without fetching; the calling thread waits.
    ///
    /// - Returns: How many rows a fetch would have returned.
    @available(*, noasync, message: "in async code write `try await`; in main.swift put it inside a function")
    @discardableResult
    public func move(_ direction: Direction) throws(PostgresError) -> Int {
        try connection.execute(moving(direction)).rowsAffected
    }

    /// Moves without fetching; the calling task waits.
    ///
    /// - Returns: How many rows a fetch would have returned.
    @discardableResult
    public func move(_ direction: Direction) async throws(PostgresError) -> Int {
        try await connection.execute(moving(direction)).rowsAffected
    }

    /// Closes the cursor before the transaction, or the session if it is held, does; the calling thread waits.
    @available(*, noasync, message: "in async code write `try await`; in main.swift put it inside a function")
    public func close() throws(PostgresError) {
        try connection.execute(closing)
    }

    /// Closes the cursor before the transaction, or the session if it is held, does; the calling task waits.
    public func close() async throws(PostgresError) {
        try await connection.execute(closing)
    }
}
