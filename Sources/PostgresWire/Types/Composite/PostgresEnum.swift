/// A Swift enum that stands for an enum of PostgreSQL: its raw values are the labels.
///
/// Sent as text without a declared type, so that the server infers the enum; read from enums and from columns of text.
///
/// ```swift
/// // CREATE TYPE mood AS ENUM ('happy', 'sad');
/// enum Mood: String, PostgresEnum { case happy, sad }
/// ```
///
/// Source: PostgreSQL manual, "Enumerated Types".
public protocol PostgresEnum: RawRepresentable, PostgresArrayEncodable, PostgresArrayDecodable
where RawValue == String {}

extension PostgresEnum {
    /// - Throws: ``WireError/unknownLabel(_:)`` for a label that `Self` has no case for.
    public init(from reader: inout WireReader, type: PostgresOID, format: PostgresFormat) throws(WireError) {
        let label = try String(from: &reader, type: type, format: format)
        // A case whose name is equal but not the same to the byte is another label to the server.
        guard let value = Self(rawValue: label), value.rawValue.utf8.elementsEqual(label.utf8) else {
            // No label is longer than a name of the server's.
            throw .unknownLabel(String(label.prefix(63)))
        }
        self = value
    }
}
