public import PostgresWire

/// A row that was written or deleted.
///
/// Source: CockroachDB's documentation, "Changefeed Messages".
public struct ChangefeedChange: Sendable, Hashable {
    /// The name of the table.
    public let table: String
    /// The primary key: a JSON array, unless another format was asked for.
    public let key: [UInt8]
    /// What the row has become, as JSON unless another format was asked for; nil if nothing comes with the change.
    public let value: [UInt8]?

    public init(table: String, key: [UInt8], value: [UInt8]?) {
        self.table = table
        self.key = key
        self.value = value
    }

    /// The key as JSON text; nil if it is no UTF-8.
    public var keyJSON: PostgresJSON? { String(validating: key, as: UTF8.self).map { PostgresJSON($0) } }

    /// The value as JSON text; nil if there is none or it is no UTF-8.
    ///
    /// ```swift
    /// struct Envelope: Decodable { struct Order: Decodable { var id: Int64 }; var after: Order? }
    /// for try await event in db.changefeed("orders") {
    ///     guard case .change(let change) = event, let json = change.valueJSON else { continue }
    ///     print(try json.decode(Envelope.self).after?.id ?? 0)
    /// }
    /// ```
    public var valueJSON: PostgresJSON? {
        value.flatMap { String(validating: $0, as: UTF8.self) }.map { PostgresJSON($0) }
    }
}
