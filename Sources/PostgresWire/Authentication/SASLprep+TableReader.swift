extension SASLprep {
    /// Reads the tables' text: hexadecimal numbers between spaces, items between semicolons.
    enum TableReader {
        static func items(_ text: StaticString) -> [[UInt32]] {
            text.withUTF8Buffer { unsafe items($0) }
        }

        private static func items(_ text: UnsafeBufferPointer<UInt8>) -> [[UInt32]] {
            var items: [[UInt32]] = []
            var item: [UInt32] = []
            var number: UInt32?
            func finishNumber() {
                if let number { item.append(number) }
                number = nil
            }
            for index in text.indices {
                let byte = unsafe text[index]
                switch byte {
                case UInt8(ascii: "0")...UInt8(ascii: "9"):
                    number = (number ?? 0) << 4 | UInt32(byte - UInt8(ascii: "0"))
                case UInt8(ascii: "A")...UInt8(ascii: "F"):
                    number = (number ?? 0) << 4 | UInt32(byte - UInt8(ascii: "A") + 10)
                case UInt8(ascii: ";"):
                    finishNumber()
                    items.append(item)
                    item = []
                default:
                    finishNumber()
                }
            }
            finishNumber()
            items.append(item)
            return items
        }
    }
}
