@testable import PostgresWire

/// A password made ready for SCRAM.
enum SASLprepTarget: FuzzTarget {
    static let name = "saslprep"
    static let maximumLength = 96

    static func run(_ input: [UInt8]) throws {
        let prepared = SASLprep.prepare(input)
        try require(SASLprep.prepare(input) == prepared, "another result the second time")
        guard let prepared else {
            return try require(input.contains { $0 >= 0x80 }, "ASCII is refused")
        }
        guard input.contains(where: { $0 >= 0x80 }) else {
            return try require(prepared == input, "ASCII is changed")
        }
        try require(
            String(validating: prepared, as: UTF8.self) != nil, "\(input) becomes \(prepared), which is no UTF-8")
        // What is prepared is normalized; only what normalization has brought forth may be refused.
        guard let again = SASLprep.prepare(prepared) else { return }
        try require(again == prepared, "\(prepared) becomes \(again)")
    }

    static let seeds: [[UInt8]] =
        [
            "pencil", "I\u{AD}X", "user", "\u{AA}", "\u{2168}", "\u{7}", "\u{627}\u{31}", "\u{627}\u{31}\u{628}",
            "a\u{A0}b", "\u{1680}x",
            "e\u{301}", "é", "\u{1E9B}\u{323}", "ｐｗ", "\u{AC00}", "\u{1100}\u{1161}\u{11A8}", "\u{212B}", "\u{FB01}",
            "\u{200B}", "\u{E000}",
            "\u{1F600}", "\u{221A}", "a\u{328}\u{301}\u{302}", "\u{5D0}\u{5B0}", "\u{FDFA}", "\u{2F800}", "\u{D7A3}",
            "\u{FFFD}",
        ].map { [UInt8](text: $0) } + [[0xC3], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80]]

    static let dictionary: [[UInt8]] = seeds.filter { $0.contains { $0 >= 0x80 } }
}
