import Manticore

/// Values as text.
enum ResultText {
    /// A value as the server would write it; nil for NULL.
    static func field(_ cells: RowCells, _ index: Int) throws(PostgresError) -> String? {
        if try cells.isNull(index) { return nil }
        // What came as text is the server's own.
        if cells.row.columns.descriptions[index].format == .text {
            return try cells.decode(index, as: ServerText.self).text
        }
        return try cells[index].description
    }

    /// The values of a row.
    static func fields(_ row: Row) throws(PostgresError) -> [String?] {
        let cells = try row.cells()
        var fields: [String?] = []
        fields.reserveCapacity(cells.count)
        for index in 0..<cells.count { fields.append(try field(cells, index)) }
        return fields
    }

    /// Whether a column's values lean to the right.
    static func isNumeric(_ type: PostgresOID) -> Bool {
        switch type {
        case .int2, .int4, .int8, .float4, .float8, .numeric, .money, .oid, .xid, .xid8, .cid: true
        default: false
        }
    }
}
