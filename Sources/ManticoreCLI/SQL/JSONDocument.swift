/// JSON text that came from elsewhere.
enum JSONDocument {
    /// The document on one line, with one space after each comma and colon; the numbers' digits, the order of the keys and
    /// the strings' spelling stay.
    static func line(_ text: String) -> String {
        var result: [UInt8] = []
        result.reserveCapacity(text.utf8.count)
        var isInString = false
        var isEscaped = false
        for byte in text.utf8 {
            if isInString {
                if byte < 0x20 {
                    // Not allowed there, so that the server lets none through; a line end would break the line.
                    result += Array((byte < 0x10 ? "\\u000" : "\\u00").utf8) + Array(String(byte, radix: 16).utf8)
                } else {
                    result.append(byte)
                }
                if byte == UInt8(ascii: "\""), !isEscaped { isInString = false }
                isEscaped = byte == UInt8(ascii: "\\") && !isEscaped
                continue
            }
            switch byte {
            case 0x20, 0x09, 0x0A, 0x0D:
                break
            case UInt8(ascii: ","), UInt8(ascii: ":"):
                result += [byte, 0x20]
            default:
                isInString = byte == UInt8(ascii: "\"")
                result.append(byte)
            }
        }
        return String(decoding: result, as: UTF8.self)
    }
}
