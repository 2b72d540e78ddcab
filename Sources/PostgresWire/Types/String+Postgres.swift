/// Text: `text`, `varchar`, `bpchar`, `name`, and whatever has a text form.
///
/// Sent as text without a declared type, so that the server infers it: a `String` can be compared with a `uuid`, and
/// inserted into an enum's column. Every type can be read in text format; in binary those whose bytes are their text,
/// with `jsonb` less its version, and user-defined types, since an enum's bytes are its label.
extension String: PostgresEncodable, PostgresDecodable {
    public var postgresType: PostgresOID { .unspecified }
    public var postgresFormat: PostgresFormat { .text }

    public func encode(into writer: inout WireWriter) {
        writer.write(utf8: self)
    }

    public static func canDecode(_ type: PostgresOID, format: PostgresFormat) -> Bool {
        if format == .text { return true }
        switch type {
        case .text, .varchar, .bpchar, .name, .unknown, .char, .json, .jsonb, .xml, .cstring, .refcursor: return true
        default: return type.isUserDefined
        }
    }

    @inlinable
    public init(from reader: inout WireReader, type: PostgresOID, format: PostgresFormat) throws(WireError) {
        if type == .text || type == .varchar {
            self = try reader.readRemainingString()
        } else {
            self = try String.decode(&reader, type, format)
        }
    }

    @usableFromInline
    static func decode(
        _ reader: inout WireReader, _ type: PostgresOID, _ format: PostgresFormat
    ) throws(WireError) -> String {
        if format == .binary {
            switch type {
            case .text, .varchar, .bpchar, .name, .unknown, .json, .xml, .cstring, .refcursor: break
            case .jsonb:
                guard try reader.readUInt8() == 1 else { throw .invalidValue }
            case .char:
                let byte = try UInt8(from: &reader, type: .char, format: .binary)
                guard byte < 0x80 else { throw .invalidUTF8 }
                // Printed as the server prints it, where 0 is nothing.
                return byte == 0 ? "" : String(UnicodeScalar(byte))
            default:
                guard type.isUserDefined else { throw .typeMismatch }
                let text = try reader.readRemainingString()
                // No text holds a NUL: these are the bytes of something else, of a composite value for example.
                guard !text.utf8.contains(0) else { throw .typeMismatch }
                return text
            }
        }
        return try reader.readRemainingString()
    }
}
