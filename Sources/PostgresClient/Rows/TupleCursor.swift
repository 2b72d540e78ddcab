/// Where a stream of tuples stands: the rows that were received last, and those of them that are read already.
///
/// Rows are read some at a time, since the call for each would cost as much as reading a narrow one.
@usableFromInline
@safe
final class TupleCursor {
    /// The tuples that are read and not taken yet.
    ///
    /// It lies behind a pointer because the run-time checks of exclusive access to a class's properties cost more than
    /// taking a tuple.
    @usableFromInline
    @unsafe
    struct Place {
        @usableFromInline var next: UnsafeMutableRawPointer?
        @usableFromInline var end: UnsafeMutableRawPointer?

        init() {}
    }

    private static let capacity = 64

    @usableFromInline let reader: any TupleSource
    @usableFromInline let place: UnsafeMutablePointer<Place>

    private var plan: TuplePlan?
    private var memory: UnsafeMutableRawPointer?
    private var batch = RowBatch.empty
    /// The first row of the batch that is not read yet.
    private var position = 0
    /// Why the row at `position` cannot be read.
    private var failure: DecodingFailure?

    init(_ reader: any TupleSource) {
        self.reader = reader
        unsafe place = .allocate(capacity: 1)
        unsafe place.initialize(to: Place())
    }

    deinit {
        dropTuples()
        unsafe memory?.deallocate()
        unsafe place.deinitialize(count: 1)
        unsafe place.deallocate()
    }

    private func dropTuples() {
        if let plan, let next = unsafe place.pointee.next, let end = unsafe place.pointee.end {
            unsafe plan.deinitialize(from: next, to: end)
        }
        unsafe place.pointee.next = nil
        unsafe place.pointee.end = nil
    }

    /// Starts on the batch that has just come.
    ///
    /// - Throws: ``PostgresError`` if the columns are not those of the tuple; the stream has ended then.
    @usableFromInline
    func takeBatch<each Value: PostgresDecodable>(_ tuple: (repeat each Value).Type) throws(PostgresError) {
        if plan == nil {
            do throws(PostgresError) {
                let plan = try TuplePlan(tuple, reader.columns)
                self.plan = plan
                unsafe memory = .allocate(
                    byteCount: max(1, TupleCursor.capacity * plan.stride), alignment: plan.alignment)
            } catch {
                throw reader.fail(error)
            }
        }
        batch = reader.batch
        position = 0
    }

    /// Lets go of the batch: the buffer that it lies in is needed for the next.
    @usableFromInline
    func dropBatch() {
        batch = .empty
        position = 0
    }

    /// Reads some more rows of the batch; false if there are none.
    @usableFromInline
    func readSome() throws(PostgresError) -> Bool {
        guard let plan, let memory = unsafe memory, position < batch.count else { return false }
        if let failure { throw failed(failure) }
        let rows = min(TupleCursor.capacity, batch.count - position)
        let outcome = unsafe batch.bytes.withUnsafeBufferPointer { bytes in
            unsafe batch.places.withUnsafeBufferPointer { places -> (count: Int, failure: DecodingFailure?) in
                guard let base = bytes.baseAddress else { return (0, nil) }
                let some = unsafe UnsafeBufferPointer(rebasing: places[position..<position + rows])
                return unsafe plan.decode(some, in: UnsafeRawPointer(base), to: memory)
            }
        }
        position += outcome.count
        failure = outcome.failure
        unsafe place.pointee.next = memory
        unsafe place.pointee.end = memory + outcome.count * plan.stride
        if outcome.count == 0, let failure { throw failed(failure) }
        return outcome.count > 0
    }

    /// Ends the stream because of the row at `position`.
    private func failed(_ failure: DecodingFailure) -> PostgresError {
        let row = reader.firstRow + position
        let error =
            plan?.error(failure, reader.columns, row: row) ?? failure.error(reader.columns, row: row, Never.self)
        dropBatch()
        return reader.fail(error)
    }

    /// Takes all that is left of the batch.
    @inlinable
    func takeRest<each Value: PostgresDecodable>(_ values: inout [(repeat each Value)]) throws(PostgresError) {
        while let tuple: (repeat each Value) = next() { values.append(tuple) }
        try readRest(&values)
    }

    @usableFromInline
    func readRest<each Value: PostgresDecodable>(_ values: inout [(repeat each Value)]) throws(PostgresError) {
        guard let plan, position < batch.count else { return }
        if let failure { throw failed(failure) }
        if let (failure, row) = plan.append(batch, from: position, to: &values) {
            position = row
            throw failed(failure)
        }
        position = batch.count
    }

    /// The next of the tuples that are read; nil if none is left.
    @inlinable
    @inline(__always)
    func next<each Value>() -> (repeat each Value)? {
        guard let next = unsafe place.pointee.next, unsafe next != place.pointee.end else { return nil }
        unsafe place.pointee.next = next + MemoryLayout<(repeat each Value)>.stride
        return unsafe .some(next.assumingMemoryBound(to: (repeat each Value).self).move())
    }
}
