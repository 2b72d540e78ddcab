import Manticore

/// The text of a value of any type that came in text format.
struct ServerText: PostgresArrayDecodable {
    let text: String

    static func canDecode(_ type: PostgresOID, format: PostgresFormat) -> Bool { format == .text }

    init(from reader: inout WireReader, type: PostgresOID, format: PostgresFormat) throws(WireError) {
        text = try String(from: &reader, type: .text, format: .text)
    }
}
