/// Which value of a row could not be written, and why.
struct CopyFailure: Error {
    let reason: WireError
    let column: Int

    init(_ reason: WireError, column: Int) {
        self.reason = reason
        self.column = column
    }

    /// The same in words: the column, its type, the Swift type, the row, and what to do.
    func error(_ columns: CopyTarget, row: Int, _ type: Any.Type) -> PostgresError {
        let name = columns.name(of: column)
        let message =
            switch reason {
            case .typeMismatch:
                "\(name) cannot take a value of \(type) in binary, which coerces nothing: give a value of its type, or "
                    + "copy with the format .text or .csv"
            case .outOfRange: "row \(row) has a value of \(type) that does not fit into \(name)"
            case .invalidValue where columns.types == nil:
                "row \(row) has an empty text for \(name), where that stands for NULL: choose another text for NULL"
            default: "row \(row) has a value of \(type) for \(name) that cannot be sent: \(reason)"
            }
        return PostgresError(.encodingFailed, message).with(isSafeToRetry: false)
    }
}
