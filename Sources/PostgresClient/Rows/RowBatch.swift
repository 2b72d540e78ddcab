/// The rows that were received together, where they lie in the receive buffer.
///
/// Good until the next receive.
@usableFromInline
struct RowBatch {
    @usableFromInline let bytes: [UInt8]
    @usableFromInline let places: [Rows.Place]

    @inlinable
    init(bytes: [UInt8], places: [Rows.Place]) {
        self.bytes = bytes
        self.places = places
    }

    @inlinable var count: Int { places.count }

    /// Goes through the rows; each comes as a reader from its number of columns on.
    @frozen
    @usableFromInline
    @unsafe
    struct Iterator {
        @usableFromInline let base: UnsafeRawPointer
        @usableFromInline let places: UnsafeBufferPointer<Rows.Place>
        @usableFromInline var index = 0

        @inlinable
        init(base: UnsafeRawPointer, places: UnsafeBufferPointer<Rows.Place>) {
            unsafe self.base = base
            unsafe self.places = places
        }

        @inlinable
        @inline(__always)
        mutating func next() -> WireReader? {
            guard unsafe index < places.count else { return nil }
            let offset = unsafe Int(places[index].offset)
            unsafe index += 1
            // The loop that took the message in checked that it lies in the buffer with its header before it.
            let start = unsafe base + offset
            let length = unsafe Int(UInt32(bigEndian: (start - 4).loadUnaligned(as: UInt32.self)))
            return unsafe WireReader(from: start, to: start + (length - 4))
        }
    }

    @inlinable
    static var empty: RowBatch { RowBatch(bytes: [], places: []) }

    /// Runs `body` with the rows; a failure comes back with the number of the row.
    @inlinable
    func withRows(
        _ body: (inout Iterator) throws(DecodingFailure) -> Void
    ) -> (failure: DecodingFailure, row: Int)? {
        unsafe bytes.withUnsafeBufferPointer { buffer in
            unsafe places.withUnsafeBufferPointer { places in
                guard let base = buffer.baseAddress else { return nil }
                var rows = unsafe Iterator(base: UnsafeRawPointer(base), places: places)
                do throws(DecodingFailure) {
                    unsafe try body(&rows)
                    return nil
                } catch {
                    return unsafe (error, rows.index - 1)
                }
            }
        }
    }
}
