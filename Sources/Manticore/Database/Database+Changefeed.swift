extension Database {
    /// The changes of some tables of CockroachDB, over a connection of its own, which is not one of the pool's.
    ///
    /// ```swift
    /// for try await event in db.changefeed("orders") {
    ///     if case .change(let change) = event { print(change.table, change.keyJSON as Any) }
    /// }
    /// ```
    ///
    /// - Parameters:
    ///   - tables: The tables' names as they are, capitals and all.
    ///   - options: What is told, and from when on.
    public func changefeed(
        _ tables: String..., options: ChangefeedOptions = ChangefeedOptions()
    ) -> ChangefeedStream {
        changefeed(tables.map { Identifier($0) }, options: options)
    }

    /// The changes of some tables of CockroachDB, over a connection of its own, which is not one of the pool's.
    public func changefeed(
        _ tables: [Identifier], options: ChangefeedOptions = ChangefeedOptions()
    ) -> ChangefeedStream {
        ChangefeedStream(tables, options, ownConnections)
    }
}
