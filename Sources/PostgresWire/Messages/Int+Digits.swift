extension Int {
    /// Reads a number of ASCII digits only; nil for a sign, a space, nothing at all or too large a number.
    init?(digits: some Sequence<UInt8>) {
        var value = 0
        var isEmpty = true
        for byte in digits {
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
            let (shifted, overflow) = value.multipliedReportingOverflow(by: 10)
            let (sum, carry) = shifted.addingReportingOverflow(Int(byte - UInt8(ascii: "0")))
            guard !overflow, !carry else { return nil }
            value = sum
            isEmpty = false
        }
        guard !isEmpty else { return nil }
        self = value
    }
}
