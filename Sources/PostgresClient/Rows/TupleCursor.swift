/// Where a stream of tuples stands in the batch that was received last.
@usableFromInline
@safe
final class TupleCursor {
    /// What changes with every row.
    ///
    /// It lies behind a pointer, and refers to the batch by pointers, because the run-time checks of exclusive access to a
    /// class's properties and the counting of references cost more than reading a narrow row.
    @usableFromInline
    @unsafe
    struct Place {
        @usableFromInline var base: UnsafeRawPointer?
        @usableFromInline var next: UnsafePointer<Rows.Place>?
        @usableFromInline var end: UnsafePointer<Rows.Place>?
        @usableFromInline var types = unsafe UnsafeBufferPointer<ColumnType>(start: nil, count: 0)

        init() {}
    }

    @usableFromInline let reader: StreamReader
    @usableFromInline let place: UnsafeMutablePointer<Place>
    /// The columns' types, once they are checked.
    private(set) var types: [ColumnType] = []
    // Kept, so that what `place` points into stays where it is: an array's memory moves only when it is changed.
    private var batch = RowBatch.empty

    init(_ reader: StreamReader) {
        self.reader = reader
        unsafe place = .allocate(capacity: 1)
        unsafe place.initialize(to: Place())
    }

    deinit {
        unsafe place.deinitialize(count: 1)
        unsafe place.deallocate()
    }

    func setTypes(_ types: [ColumnType]) {
        self.types = types
        unsafe place.pointee.types = unsafe self.types.withUnsafeBufferPointer { unsafe $0 }
    }

    func takeBatch() {
        batch = reader.batch
        unsafe place.pointee.base = unsafe batch.bytes.withUnsafeBufferPointer {
            unsafe UnsafeRawPointer($0.baseAddress)
        }
        unsafe batch.places.withUnsafeBufferPointer { places in
            unsafe place.pointee.next = places.baseAddress
            unsafe place.pointee.end = unsafe places.baseAddress.map { unsafe $0 + places.count }
        }
    }

    /// Lets go of the batch: the buffer that it lies in is needed for the next.
    @usableFromInline
    func dropBatch() {
        unsafe place.pointee.base = nil
        unsafe place.pointee.next = nil
        unsafe place.pointee.end = nil
        batch = .empty
    }

    /// How many rows of the batch are not read yet.
    @inlinable var remaining: Int {
        guard let next = unsafe place.pointee.next, let end = unsafe place.pointee.end else { return 0 }
        return unsafe end - next
    }

    /// The number of the row that was read last, in the batch.
    var index: Int { batch.count - remaining - 1 }

    /// The next row of the batch, from its number of columns on; nil at the batch's end.
    @inlinable
    @inline(__always)
    func nextRow() -> WireReader? {
        guard let next = unsafe place.pointee.next, unsafe next != place.pointee.end,
            let base = unsafe place.pointee.base
        else { return nil }
        unsafe place.pointee.next = unsafe next + 1
        // The loop that took the message in checked that it lies in the buffer with its header before it.
        let start = unsafe base + Int(next.pointee.offset)
        let length = unsafe Int(UInt32(bigEndian: (start - 4).loadUnaligned(as: UInt32.self)))
        return unsafe WireReader(from: start, to: start + (length - 4))
    }
}
