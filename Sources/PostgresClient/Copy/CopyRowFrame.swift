/// What stands before and after the values of each row that is sent as a message of its own.
struct CopyRowFrame {
    /// The message's type, room for its length, and what comes before the values.
    private let prefix: [UInt8]
    private let suffix: [UInt8]
    /// How much of the suffix belongs to the message; the rest is another one.
    let countedSuffix: Int

    /// - Parameters:
    ///   - ending: What the message ends in after the values.
    ///   - next: Messages that follow each of them.
    init(_ type: UInt8, _ beginning: [UInt8], ending: [UInt8], next: [UInt8]) {
        prefix = [type, 0, 0, 0, 0] + beginning
        suffix = ending + next
        countedSuffix = ending.count
    }

    @unsafe
    func withParts<Result>(_ body: (UnsafeRawBufferPointer, UnsafeRawBufferPointer) -> Result) -> Result {
        unsafe prefix.withUnsafeBytes { prefix in
            unsafe suffix.withUnsafeBytes { suffix in unsafe body(prefix, suffix) }
        }
    }
}
