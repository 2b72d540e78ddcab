extension SASLprep {
    /// A set of code points, as ranges that are searched by halving.
    struct RangeTable {
        private let firsts: [UInt32]
        private let lasts: [UInt32]

        /// Reads a table of items with a first and a last code point.
        init(_ text: StaticString) {
            let items = TableReader.items(text)
            self.init(firsts: items.compactMap(\.first), lasts: items.compactMap(\.last))
        }

        init(firsts: [UInt32], lasts: [UInt32]) {
            self.firsts = firsts
            self.lasts = lasts
        }

        func contains(_ value: UInt32) -> Bool {
            guard let index = firsts.lastIndexNotAbove(value), lasts.indices.contains(index) else { return false }
            return value <= lasts[index]
        }
    }
}

extension [UInt32] {
    /// Where the last element is that is not above `value`, in an array in ascending order.
    func lastIndexNotAbove(_ value: UInt32) -> Int? {
        var low = 0
        var high = count
        while low < high {
            let middle = low + (high - low) / 2
            if self[middle] <= value { low = middle + 1 } else { high = middle }
        }
        return low == 0 ? nil : low - 1
    }
}
