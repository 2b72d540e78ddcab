/// Reads rows as tuples.
///
/// Everything that runs for each row is inlinable: the code is then made for the tuple's types where the query is
/// written, without looking up a type at run time.
@frozen
@usableFromInline
struct TupleDecoder<each Value: PostgresDecodable> {
    @usableFromInline let types: [ColumnType]

    /// Goes on with columns that were checked before.
    @inlinable
    init(checked types: [ColumnType]) {
        self.types = types
    }

    /// Checks, once for all rows, that there are as many columns as values and that their types fit.
    @usableFromInline
    init(_ columns: RowColumns) throws(PostgresError) {
        types = columns.types
        var index = 0
        var failure: PostgresError?
        func check<T: PostgresDecodable>(_ type: T.Type) {
            defer { index += 1 }
            guard failure == nil, index < columns.types.count else { return }
            if !type.canDecode(columns.types[index].type, format: columns.types[index].format) {
                failure = DecodingFailure(.typeMismatch, column: index).error(columns, row: nil, type)
            }
        }
        repeat check((each Value).self)
        if index != types.count {
            let names = columns.descriptions.map { "\"\($0.name)\"" }.joined(separator: ", ")
            failure = PostgresError(
                .decodingFailed,
                "the result has \(types.count) columns (\(names)), but \((repeat each Value).self) has \(index)")
        }
        if let failure { throw failure }
    }

    /// Reads a row, from its number of columns on.
    @inlinable
    @inline(__always)
    func decode(_ reader: inout WireReader) throws(DecodingFailure) -> (repeat each Value) {
        try unsafe types.withUnsafeBufferPointer { (types) throws(DecodingFailure) -> (repeat each Value) in
            try unsafe TupleDecoder<repeat each Value>.decode(&reader, types)
        }
    }

    /// Reads a row whose columns' types lie at `types`; they were checked to be as many as the values.
    @inlinable
    @inline(__always)
    @unsafe
    static func decode(
        _ reader: inout WireReader, _ types: UnsafeBufferPointer<ColumnType>
    ) throws(DecodingFailure) -> (repeat each Value) {
        var index = -1
        do throws(WireError) {
            guard Int(try reader.readUInt16()) == types.count else { throw .invalidLength }
            let tuple = unsafe (repeat try cell((each Value).self, &index, types, &reader))
            try reader.expectEnd()
            return tuple
        } catch {
            throw DecodingFailure(error, column: index)
        }
    }

    /// Reads a row and appends the tuple.
    @inlinable
    @inline(__always)
    func decode(_ reader: inout WireReader, into values: inout [(repeat each Value)]) throws(DecodingFailure) {
        values.append(try decode(&reader))
    }

    @inlinable
    @inline(__always)
    @unsafe
    static func cell<T: PostgresDecodable>(
        _ type: T.Type, _ index: inout Int, _ types: UnsafeBufferPointer<ColumnType>, _ reader: inout WireReader
    ) throws(WireError) -> T {
        index += 1
        return try unsafe types[index].decode(type, from: &reader)
    }

    /// The failure in words.
    @usableFromInline
    func error(_ failure: DecodingFailure, _ columns: RowColumns, row: Int) -> PostgresError {
        var place = 0
        var name: any Any.Type = Never.self
        func find(_ type: any Any.Type) {
            if place == failure.column { name = type }
            place += 1
        }
        repeat find((each Value).self)
        return failure.error(columns, row: row, name)
    }

    /// Reads all rows of a batch.
    ///
    /// - Returns: What was wrong with the first row that could not be read, and its number from `firstRow` on.
    @inlinable
    func decode(
        _ batch: borrowing RowBatch, into values: inout [(repeat each Value)]
    ) -> (failure: DecodingFailure, row: Int)? {
        let needed = values.count + batch.count
        // Twice as much at a time: exactly as much, batch after batch, would copy everything each time.
        if values.capacity < needed { values.reserveCapacity(Swift.max(needed, 2 * values.count)) }
        return unsafe batch.withRows { (rows: inout RowBatch.Iterator) throws(DecodingFailure) in
            while var reader = unsafe rows.next() { try decode(&reader, into: &values) }
        }
    }
}
