/// The rows that were received together, where they lie in the receive buffer.
///
/// Good until the next receive.
@usableFromInline
struct RowBatch {
    let bytes: [UInt8]
    let places: [Rows.Place]

    @usableFromInline var count: Int { places.count }

    static var empty: RowBatch { RowBatch(bytes: [], places: []) }
}
