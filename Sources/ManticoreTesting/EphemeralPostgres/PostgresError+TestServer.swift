public import PostgresWire

extension PostgresError.Code {
    /// The private server of a test could not be started or did not do what it was told.
    public static let testServer = PostgresError.Code("test server failed")
}
