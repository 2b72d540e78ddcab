/// A row as a value: an anonymous `record`, or a composite type of which no Swift type is known.
///
/// In binary the fields come with their types, in text without. Fields never come with names. Sent as text without a
/// declared type, so that the server infers the composite type.
///
/// ```swift
/// let record = PostgresRecord([1, "a b", nil])
/// print(record)  // (1,"a b",)
/// ```
///
/// Source: PostgreSQL manual, "Composite Types"; `src/backend/utils/adt/rowtypes.c` (`record_send`, `record_out`).
public struct PostgresRecord: Hashable, Codable, Sendable {
    /// The fields in the order of the composite type's columns.
    public var fields: [Field]

    /// One field of a record.
    public struct Field: Hashable, Codable, Sendable {
        /// The field's type; ``PostgresOID/unspecified`` where the text form did not tell it.
        public var type: PostgresOID
        /// The field's value.
        public var value: PostgresValue

        public init(type: PostgresOID = .unspecified, value: PostgresValue) {
            self.type = type
            self.value = value
        }
    }

    public init(fields: [Field]) {
        self.fields = fields
    }

    /// Makes a record of values, without types of the fields.
    public init(_ values: [PostgresValue]) {
        fields = values.map { Field(value: $0) }
    }
}

extension PostgresRecord: CustomStringConvertible {
    /// The record as the server prints it: `(1,"a b",)`.
    public var description: String {
        var writer = WireWriter()
        encode(into: &writer)
        return String(decoding: writer.bytes, as: UTF8.self)
    }
}
