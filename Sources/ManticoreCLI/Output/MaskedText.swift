/// Text without the passwords that may be in it.
enum MaskedText {
    private static let stars = "********"

    /// The text with the password of every URL and every `password=` replaced by stars.
    ///
    /// A URL's password is what stands between the first `:` after `//` and the last `@` of the word, so that one too
    /// much is masked rather than one too little.
    static func mask(_ text: String) -> String {
        maskSettings(maskURLs(Array(text.utf8)))
    }

    private static func maskURLs(_ bytes: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        var index = 0
        while index < bytes.count {
            guard bytes[index...].starts(with: "://".utf8) else {
                result.append(bytes[index])
                index += 1
                continue
            }
            index += 3
            result += Array("://".utf8)
            // To the end of the word: a password that nobody percent-encoded may hold `/`, `?` and `@`.
            let end = bytes[index...].firstIndex { isSpace($0) } ?? bytes.count
            let word = bytes[index..<end]
            guard let at = word.lastIndex(of: UInt8(ascii: "@")),
                let colon = word[..<at].firstIndex(of: UInt8(ascii: ":"))
            else {
                continue
            }
            result += Array(word[...colon]) + Array(stars.utf8)
            index = at
        }
        return result
    }

    private static func maskSettings(_ bytes: [UInt8]) -> String {
        let keys = ["password=", "passwd="].map { Array($0.utf8) }
        var result: [UInt8] = []
        var index = 0
        while index < bytes.count {
            guard
                let key = keys.first(where: { key in
                    bytes[index...].prefix(key.count).elementsEqual(key) { ($0 | 0x20) == ($1 | 0x20) }
                })
            else {
                result.append(bytes[index])
                index += 1
                continue
            }
            result += Array(bytes[index..<index + key.count]) + Array(stars.utf8)
            index = valueEnd(bytes, from: index + key.count)
        }
        return String(decoding: result, as: UTF8.self)
    }

    private static func valueEnd(_ bytes: [UInt8], from start: Int) -> Int {
        var index = start
        let isQuoted = index < bytes.count && bytes[index] == UInt8(ascii: "'")
        if isQuoted { index += 1 }
        while index < bytes.count {
            let byte = bytes[index]
            if byte == UInt8(ascii: "\\") {
                index += 2
                continue
            }
            if isQuoted ? byte == UInt8(ascii: "'") : isSpace(byte) || byte == UInt8(ascii: "&") {
                return isQuoted ? index + 1 : index
            }
            index += 1
        }
        return bytes.count
    }

    private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }
}
