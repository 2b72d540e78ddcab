import PostgresClient
import Testing

/// The error that `body` throws; a failed expectation and nil if it throws none, or one of another type.
func failure<Value>(
    sourceLocation: Testing.SourceLocation = #_sourceLocation, _ body: () async throws -> Value
) async -> PostgresError? {
    do {
        _ = try await body()
        Issue.record("nothing was thrown", sourceLocation: sourceLocation)
        return nil
    } catch let error as PostgresError {
        return error
    } catch {
        Issue.record("\(error) was thrown", sourceLocation: sourceLocation)
        return nil
    }
}
