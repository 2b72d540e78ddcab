/// Grows connection strings from a seed: well-formed ones, and such with a few mistakes.
struct ConnectionStringGrower {
    private var state: UInt64
    private let keywords: [String]
    /// Whether spaces may stand in a URI, which libpq before 18 took for part of the value.
    private let hasSpaces: Bool

    init(seed: UInt64, keywords: [String], hasSpaces: Bool) {
        state = seed
        self.keywords = keywords + ["ssl", "requiressl", "nosuch"]
        self.hasSpaces = hasSpaces
    }

    // SplitMix64.
    private mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var bits = state
        bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
        bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
        return bits ^ (bits >> 31)
    }

    private mutating func below(_ limit: Int) -> Int { Int(next() % UInt64(limit)) }
    private mutating func chance(_ percent: Int) -> Bool { below(100) < percent }
    private mutating func one(of texts: [String]) -> String { texts[below(texts.count)] }

    /// The next string.
    mutating func string() -> String {
        var text = chance(60) ? uri() : list()
        if chance(35) { for _ in 0...below(3) { text = mutated(text) } }
        return text
    }

    private mutating func word() -> String {
        one(of: [
            "a", "db", "host.example", "::1", "127.0.0.1", "1", "5432", "x,y", "", "é", "🐘", "true", "require", "0",
        ])
    }

    // MARK: URIs

    private mutating func part() -> String {
        let pieces = [
            "", "a", "b.c", "1", "5432", "%20", "%2F", "%3a", "%2c", "%41", "%C3%A9", "é", "+", "#", "!", "'", "\\",
            "\t",
        ]
        return (0...below(3)).map { _ in one(of: pieces) }.joined()
    }

    private mutating func uri() -> String {
        var text = one(of: ["postgresql://", "postgres://"])
        if chance(50) {
            text += part()
            if chance(60) { text += ":" + part() }
            text += "@"
        }
        for index in 0...below(3) {
            if index > 0 { text += "," }
            text += chance(20) ? "[" + one(of: ["::1", "fe80::1%25lo", "1", part()]) + "]" : part()
            if chance(40) { text += ":" + one(of: ["5432", "", "1", "%31", part()]) }
        }
        if chance(60) { text += "/" + part() }
        if chance(60) {
            text += "?"
            for index in 0...below(3) {
                if index > 0 { text += "&" }
                text += one(of: keywords) + "=" + (chance(50) ? word() : part())
            }
        }
        if hasSpaces, chance(20) { text = inserted(" ", into: text) }
        return text
    }

    // MARK: Lists

    private mutating func blank() -> String {
        chance(70) ? "" : one(of: [" ", "\t", "\n", "\r\n", "\u{B}", "\u{C}", "  "])
    }

    private mutating func value() -> String {
        let pieces = ["", "a", "b", "=", "\\'", "\\\\", "\\ ", "\\a", "é", "🐘", ",", "/", "%20", "@"]
        let text = (0...below(4)).map { _ in one(of: pieces) }.joined()
        guard chance(40) else { return text }
        return "'" + text + one(of: ["", " ", "  x", "\n"]) + "'"
    }

    private mutating func list() -> String {
        var text = blank()
        for _ in 0...below(4) {
            text += one(of: keywords) + blank() + "=" + blank() + (chance(60) ? value() : word())
            text += chance(90) ? one(of: [" ", "  ", "\n"]) : ""
        }
        return text
    }

    // MARK: Mistakes

    private mutating func inserted(_ piece: String, into text: String) -> String {
        var scalars = Array(text.unicodeScalars)
        scalars.insert(contentsOf: piece.unicodeScalars, at: below(scalars.count + 1))
        return Self.string(scalars)
    }

    private mutating func mutated(_ text: String) -> String {
        var scalars = Array(text.unicodeScalars)
        switch below(4) {
        case 0 where !scalars.isEmpty: scalars.remove(at: below(scalars.count))
        case 1 where !scalars.isEmpty:
            let start = below(scalars.count)
            let end = start + below(scalars.count - start + 1)
            scalars.insert(contentsOf: Array(scalars[start..<end]), at: below(scalars.count + 1))
        case 2 where !scalars.isEmpty: scalars.removeLast(below(scalars.count))
        default:
            let pieces = [
                "%", "%2", "%zz", "%00", "%25", "%ff", "@", ":", "/", "?", "&", "=", ",", "[", "]", "'", "\\", "\t",
                "é",
            ]
            return inserted(one(of: hasSpaces ? pieces + [" "] : pieces), into: text)
        }
        return Self.string(scalars)
    }

    private static func string(_ scalars: [Unicode.Scalar]) -> String {
        var text = ""
        text.unicodeScalars.append(contentsOf: scalars)
        return text
    }
}
