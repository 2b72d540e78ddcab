import Manticore

/// Values as text.
enum ResultText {
    /// A value as the server would write it; nil for NULL.
    static func field(_ row: Row, _ index: Int) throws(PostgresError) -> String? {
        if try row.isNull(index) { return nil }
        // What came as text is the server's own.
        if row.columns.descriptions[index].format == .text { return try row.decode(index, as: ServerText.self).text }
        return try row[index].description
    }

    /// Whether a column's values lean to the right.
    static func isNumeric(_ type: PostgresOID) -> Bool {
        switch type {
        case .int2, .int4, .int8, .float4, .float8, .numeric, .money, .oid, .xid, .xid8, .cid: true
        default: false
        }
    }
}

/// The text of a value of any type that came in text format.
private struct ServerText: PostgresDecodable {
    let text: String

    static func canDecode(_ type: PostgresOID, format: PostgresFormat) -> Bool { format == .text }

    init(from reader: inout WireReader, type: PostgresOID, format: PostgresFormat) throws(WireError) {
        text = try String(from: &reader, type: .text, format: .text)
    }
}
