/// Writes Bind for one statement from tuples in memory, of the commonest types only.
///
/// What Bind holds of the values is laid out as a row of a binary COPY is, and written by the same code.
final class BindPlan {
    private let rows: CopyRowPlan
    private let target: CopyTarget
    private let text: String
    /// The portal, the statement, and the formats of the values.
    private let prefix: [UInt8]
    private let suffix: [UInt8]
    private let buffer = CopyBuffer()

    /// nil if the tuple's values are of other types, or do not fit the parameters; what is written one by one says how.
    init?(_ statement: StatementDescription, _ plan: (CopyTarget) throws(PostgresError) -> CopyRowPlan) {
        var types = statement.parameterTypes
        func target() -> CopyTarget {
            let columns = types.enumerated().map { ColumnDescription(name: "$\($0 + 1)", typeOID: $1) }
            return CopyTarget(columns.map(\.name), RowColumns(columns))
        }
        guard var rows = try? plan(target()) else { return nil }
        // A text is read as whatever type its parameter has.
        for index in types.indices where rows.isText(index) { types[index] = .text }
        guard let texts = try? plan(target()), texts.isSimple else { return nil }
        rows = texts
        var prefix = WireWriter()
        prefix.writeCString("")
        prefix.writeCString(statement.name)
        prefix.write(count: types.count)
        for index in types.indices {
            prefix.write((rows.isText(index) ? PostgresFormat.text : .binary).rawValue)
        }
        var suffix = WireWriter()
        ConnectionCore.writeResultFormats(of: statement, into: &suffix)
        self.rows = rows
        self.target = target()
        text = statement.text
        self.prefix = prefix.bytes
        self.suffix = suffix.bytes
    }

    /// Writes Bind for the tuple that lies there.
    @unsafe
    func write(_ row: UnsafeRawPointer, into writer: inout WireWriter) throws(PostgresError) {
        buffer.rollBack(to: 0)
        while true {
            let outcome = unsafe rows.encode(row, count: 1, into: buffer)
            if outcome.count == 1 { break }
            if let failure = outcome.failure {
                throw PostgresError(
                    .encodingFailed,
                    "parameter $\(failure.column + 1), a \(rows.type(of: failure.column)), cannot be sent: \(failure.reason)"
                ).with(statement: text)
            }
            buffer.grow(for: outcome.needed)
        }
        unsafe writer.writeBind(prefix, buffer.bytes, suffix)
    }
}

extension WireWriter {
    /// Writes Bind of parts that are made already.
    @unsafe
    fileprivate mutating func writeBind(_ prefix: [UInt8], _ values: UnsafeRawBufferPointer, _ suffix: [UInt8]) {
        let length = prefix.count + values.count + suffix.count + 4
        guard let length = UInt32(exactly: length), length <= Int32.max else { return fail(.tooLarge) }
        write(MessageType.bind)
        write(length)
        bytes.append(contentsOf: prefix)
        unsafe bytes.append(contentsOf: values)
        bytes.append(contentsOf: suffix)
    }
}
