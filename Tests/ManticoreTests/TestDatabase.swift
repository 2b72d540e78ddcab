import Manticore
import ManticoreTesting
import Testing

/// The server that the tests of this target share, each in a schema of its own.
///
/// It goes with the process, which its supervisor notices.
enum TestDatabase {
    private static let started = Result {
        try EphemeralPostgres.start(
            .init(settings: ["max_connections": "200", "deadlock_timeout": "50ms", "log_statement": "all"]))
    }

    static var server: EphemeralPostgres {
        get throws { try started.get() }
    }

    /// The server's URL with a search path, perhaps over a proxy.
    static func url(schema: String, through proxy: FaultProxy? = nil) throws -> String {
        let server = try server
        return (proxy.map { server.url(through: $0) } ?? server.url) + "&options=-csearch_path%3D\(schema)"
    }

    /// A schema that nobody else uses.
    static func makeSchema() throws -> String {
        let schema = "t\(UInt64.random(in: .min ... .max))"
        let db = try Database(url: server.url)
        defer { db.close() }
        try db.execute("CREATE SCHEMA \(identifier: schema)")
        return schema
    }
}

/// Lends a database to a test in the blocking form.
@_disfavoredOverload @available(*, noasync) @discardableResult
func withDatabase<R>(
    maxConnections: Int = 10, through proxy: FaultProxy? = nil, _ body: (Database) throws -> R
) throws -> R {
    let db = try Database(
        url: TestDatabase.url(schema: try TestDatabase.makeSchema(), through: proxy), maxConnections: maxConnections)
    defer { db.close() }
    return try body(db)
}

/// Lends a database to a test in the async form.
@discardableResult
func withDatabase<R>(
    maxConnections: Int = 10, through proxy: FaultProxy? = nil,
    _ body: nonisolated(nonsending) (Database) async throws -> R
) async throws -> R {
    let db = try Database(
        url: TestDatabase.url(schema: try TestDatabase.makeSchema(), through: proxy), maxConnections: maxConnections)
    defer { db.close() }
    return try await body(db)
}

/// Checks that the error is the package's own with this code, and gives it back.
@_disfavoredOverload @available(*, noasync)
@discardableResult
func expectError<R>(
    _ code: PostgresError.Code, sqlState: SQLState? = nil, sourceLocation: Testing.SourceLocation = #_sourceLocation,
    _ body: () throws -> R
) -> PostgresError? {
    let error = #expect(throws: PostgresError.self, sourceLocation: sourceLocation) { _ = try body() }
    #expect(error?.code == code, "\(error?.description ?? "")", sourceLocation: sourceLocation)
    if let sqlState { #expect(error?.sqlState == sqlState, sourceLocation: sourceLocation) }
    return error
}

/// Checks that the error is the package's own with this code, and gives it back.
@discardableResult
func expectError<R>(
    _ code: PostgresError.Code, sqlState: SQLState? = nil, sourceLocation: Testing.SourceLocation = #_sourceLocation,
    _ body: nonisolated(nonsending) () async throws -> R
) async -> PostgresError? {
    let error: PostgresError?
    do {
        _ = try await body()
        error = nil
        Issue.record("nothing was thrown", sourceLocation: sourceLocation)
    } catch let thrown as PostgresError {
        error = thrown
    } catch {
        Issue.record("another error was thrown: \(error)", sourceLocation: sourceLocation)
        return nil
    }
    #expect(error?.code == code, "\(error?.description ?? "")", sourceLocation: sourceLocation)
    if let sqlState { #expect(error?.sqlState == sqlState, sourceLocation: sourceLocation) }
    return error
}
