@testable import PostgresClient

extension Client {
    /// What lies below the connection.
    func core() throws(PostgresError) -> ConnectionCore { try connection.useBlocking() }
}
