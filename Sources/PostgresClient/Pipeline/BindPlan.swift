/// Writes Bind and Execute for one statement from tuples in memory, of the commonest types only.
///
/// What Bind holds of the values is laid out as a row of a binary COPY is, and written by the same code.
final class BindPlan {
    private let rows: CopyRowPlan
    private let text: String
    private let frame: CopyRowFrame

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
        text = statement.text
        frame = CopyRowFrame(
            MessageType.bind, prefix.bytes, ending: suffix.bytes, next: ConnectionCore.execute)
    }

    /// Writes Bind and Execute for tuples that lie one after the other, until about `limit` bytes are there.
    ///
    /// - Parameter written: Grows by each tuple for which they are written.
    @unsafe
    func write(
        _ tuples: UnsafeRawPointer, count: Int, into writer: inout WireWriter, upTo limit: Int, written: inout Int
    ) throws(PostgresError) {
        let first = written
        var failure: CopyFailure?
        var room = 1
        while written - first < count, writer.count < limit, failure == nil {
            unsafe writer.append(room: room) { memory in
                guard let start = memory.baseAddress else { return 0 }
                let done = written - first
                let (outcome, next) = unsafe rows.encode(
                    tuples + done * rows.stride, count: count - done, in: frame, to: start, start + memory.count)
                written += outcome.count
                failure = outcome.failure
                // A tuple that does not fit says what its texts so far need; there may be more of them.
                room = outcome.count > 0 ? outcome.needed : max(outcome.needed, 2 * room)
                return unsafe next - start
            }
        }
        guard let failure else { return }
        throw PostgresError(
            .encodingFailed,
            "parameter $\(failure.column + 1), a \(rows.type(of: failure.column)), cannot be sent: \(failure.reason)"
        ).with(statement: text)
    }
}
