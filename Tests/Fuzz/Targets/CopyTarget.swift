import PostgresWire

/// COPY's data: in binary, as text and as CSV, in pieces as they may come, and what is written of them again.
///
/// The first byte says which format, the second how long the pieces are.
enum CopyTarget: FuzzTarget {
    static let name = "copy"
    static let maximumLength = 256

    private static let formats: [CopyFormat] = [
        .text, .csv, .text(delimiter: "|", null: ""), .text(delimiter: ",", null: "NULL", default: "DEF"),
        .csv(delimiter: ";", null: "NULL", quote: "'"), .csv(escape: "\\"), .csv(null: "\\N", escape: "e"),
        .csv(header: true, default: "\\D"),
    ]

    static func run(_ input: [UInt8]) throws {
        var reader = InputReader(input)
        let choice = Int(reader.byte())
        let length = 1 + Int(reader.byte())
        let data = reader.rest()
        if choice >= 128 {
            try checkBinary(data, length)
        } else {
            try checkText(data, length, formats[choice % formats.count])
        }
    }

    private static func pieces(_ data: [UInt8], _ length: Int) -> [ArraySlice<UInt8>] {
        stride(from: 0, to: data.count, by: length).map { data[$0..<min($0 + length, data.count)] }
    }

    /// The rows, and why there are no more.
    private static func binaryRows(_ data: [UInt8], _ length: Int) -> (rows: [[[UInt8]?]], end: WireError?, Bool) {
        var reader = CopyBinaryReader()
        var rows: [[[UInt8]?]] = []
        do throws(WireError) {
            for piece in pieces(data, length) {
                reader.append(piece)
                while let row = try reader.next() { rows.append(row) }
            }
            return (rows, nil, reader.isAtEnd)
        } catch {
            return (rows, error, reader.isAtEnd)
        }
    }

    private static func checkBinary(_ data: [UInt8], _ length: Int) throws {
        let inPieces = binaryRows(data, length)
        let atOnce = binaryRows(data, max(1, data.count))
        try require(inPieces.rows == atOnce.rows, "other rows in pieces of \(length)")
        try require(inPieces.end == atOnce.end, "another end in pieces of \(length)")
        guard inPieces.end == nil, inPieces.2 else { return }
        var writer = CopyBinaryWriter()
        for row in inPieces.rows { writer.write(row: row) }
        writer.finish()
        // The beginning may have had an extension, which is not kept.
        let rest = writer.bytes.dropFirst(CopyBinary.header.count)
        try require(data.suffix(rest.count).elementsEqual(rest), "rows that are not written again")
    }

    private static func textRows(
        _ data: [UInt8], _ length: Int, _ format: CopyFormat
    ) throws -> (rows: [[[UInt8]?]], end: WireError?) {
        var reader = try CopyTextReader(format)
        var rows: [[[UInt8]?]] = []
        do throws(WireError) {
            for piece in pieces(data, length) {
                reader.append(piece)
                while let row = try reader.next() { rows.append(row) }
            }
            reader.finish()
            while let row = try reader.next() { rows.append(row) }
            return (rows, nil)
        } catch {
            return (rows, error)
        }
    }

    private static func checkText(_ data: [UInt8], _ length: Int, _ format: CopyFormat) throws {
        let inPieces = try textRows(data, length, format)
        let atOnce = try textRows(data, max(1, data.count), format)
        try require(inPieces.rows == atOnce.rows, "other rows in pieces of \(length)")
        try require(inPieces.end == atOnce.end, "another end in pieces of \(length)")
        // What was read can be written, and is read again as what it was.
        var writer = try CopyTextWriter(format)
        var written: [[[UInt8]?]] = []
        if format.hasHeader { writer.write(row: [[0x68]]) }
        for row in inPieces.rows where writer.write(row: row) == nil { written.append(row) }
        let again = try textRows(writer.bytes, length, format)
        try require(
            again.end == nil && again.rows == written, "rows that are not read again: \(written), \(again.rows)")
    }

    static let seeds: [[UInt8]] =
        [
            [255, 7] + CopyBinary.header + [0, 2, 0, 0, 0, 1, 65, 255, 255, 255, 255] + CopyBinary.trailer,
            [128, 255] + CopyBinary.header.dropLast() + [2, 9, 9, 0, 0] + CopyBinary.trailer,
            [200, 30] + CopyBinary.header + [0, 1, 0, 0, 0, 9, 1],
        ]
        + [
            "a\tb\\tc\n\\N\t\\x41\\101\\\\\n\\.\n", "1,\"a,b\"\"c\"\r\n,\n\"\"\n", "a|b\n|\n",
            "NULL,DEF,\\N\n\\DEF,x\n",
            "'it''s';NULL\n'NULL';\n", "\"a\\\"b\",\\N\n", "\\N,\"\\N\",\"ee\"\n", "h,i\n\\D,\"\\D\"\n",
        ].enumerated().map { index, text in [UInt8(index), 3] + [UInt8](text: text) }

    static let dictionary: [[UInt8]] =
        [CopyBinary.header, CopyBinary.signature, CopyBinary.trailer, [255, 255, 255, 255], [0, 1, 0, 0, 0, 1]]
        + ["\\N", "\\.", "\\x", "\"\"", "\r\n", "\n", "\t", "NULL", "DEF", "\\D", "''", "ee"].map { [UInt8](text: $0) }
}
