/// How a value is written on the wire.
///
/// Source: PostgreSQL manual, "Formats and Format Codes".
@frozen
public enum PostgresFormat: Int16, Hashable, Sendable {
    /// The text that the type's output function makes.
    case text = 0
    /// The bytes that the type's send function makes.
    case binary = 1
}
