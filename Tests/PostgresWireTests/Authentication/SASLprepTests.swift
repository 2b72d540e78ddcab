import Testing

@testable import PostgresWire

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

@Suite(.ownThread) struct SASLprepTests {
    /// The prepared text, nil if the preparation fails.
    private func prepared(_ text: String) -> String? {
        SASLprep.prepare(Array(text.utf8)).map { String(decoding: $0, as: UTF8.self) }
    }

    /// Compared byte by byte: to `==` all of this is equal anyway.
    private func expect(
        _ text: String, _ wanted: String?, sourceLocation: SourceLocation = #_sourceLocation
    ) {
        #expect(SASLprep.prepare(Array(text.utf8)) == wanted.map { Array($0.utf8) }, sourceLocation: sourceLocation)
    }

    // RFC 4013, section 3.
    // Guard: Sources/PostgresWire/Authentication/SASLprep.swift: `tables.dropped.contains(value)`
    // Guard: Sources/PostgresWire/Authentication/SASLprep+Normalizer.swift: `decompositions[index]`
    // Guard: Sources/PostgresWire/Authentication/SASLprep.swift: `tables.rightToLeft.contains(last)`
    @Test func examplesOfTheStandard() {
        expect("I\u{AD}X", "IX")
        expect("user", "user")
        expect("USER", "USER")
        expect("\u{AA}", "a")
        expect("\u{2168}", "IX")
        expect("\u{627}\u{31}", nil)
    }

    // PostgreSQL changes no ASCII and refuses none of it, where the RFC prohibits U+0007.
    // Guard: Sources/PostgresWire/Authentication/SASLprep.swift: `guard bytes.contains(where: { $0 >= 0x80 }) else { r`
    @Test func asciiIsLeftAlone() {
        expect("foo\u{07}bar", "foo\u{07}bar")
        expect("", "")
        expect("\u{7F}", "\u{7F}")
    }

    // Guard: Sources/PostgresWire/Authentication/SASLprep.swift: `!scalars.contains(where: tables.refused.contains)`
    @Test(arguments: [
        "\u{E9}\u{07}", "\u{80}", "\u{340}", "\u{200E}", "\u{E000}", "\u{FFF9}", "\u{FFFD}", "\u{2FF0}", "\u{E0001}",
        // Unassigned in Unicode 3.2, whatever it has become since.
        "\u{221}", "\u{1F600}", "\u{10FFFF}",
    ])
    func prohibitedAndUnassigned(text: String) {
        expect(text, nil)
        expect("a\(text)", nil)
    }

    // Guard: Sources/PostgresWire/Authentication/SASLprep.swift: `return tables.rightToLeft.contains(first)`
    @Test func directionsOfWriting() {
        expect("foo\u{627}1bar", nil)
        expect("\u{627}1\u{628}", "\u{627}1\u{628}")
        expect("\u{627}a\u{628}", nil)
        expect("1\u{627}", nil)
        expect("\u{627}1", nil)
        // The rule is about what was typed, not about what it comes apart to: this ends in a mark then.
        expect("\u{FB1D}", "\u{5D9}\u{5B4}")
    }

    // Guard: Sources/PostgresWire/Authentication/SASLprep.swift: `scalars.append(0x20)`
    // Guard: Sources/PostgresWire/Authentication/SASLprep.swift: `!scalars.isEmpty`
    @Test func spacesAndNothing() {
        expect("a\u{A0}b\u{3000}c\u{200B}d", "a b c d")
        expect("\u{AD}", nil)
        expect("\u{FEFF}\u{200D}", nil)
        expect("a\u{FE0F}b", "ab")
    }

    // Guard: Sources/PostgresWire/Authentication/SASLprep+Normalizer.swift: `keyed.sort`
    // Guard: Sources/PostgresWire/Authentication/SASLprep+Normalizer.swift: `lastClass < mark`
    // Guard: Sources/PostgresWire/Authentication/SASLprep+Normalizer.swift: `Hangul.composition`
    @Test func normalization() {
        expect("e\u{301}", "\u{E9}")
        expect("q\u{307}\u{323}", "q\u{323}\u{307}")
        expect("\u{1E0B}\u{323}", "\u{1E0D}\u{307}")
        expect("a\u{315}\u{300}\u{5AE}\u{301}b", "\u{E0}\u{5AE}\u{301}\u{315}b")
        // A mark of the same class stands between.
        expect("a\u{305}\u{301}", "a\u{305}\u{301}")
        expect("\u{1100}\u{1161}\u{11A8}", "\u{AC01}")
        expect("\u{AC00}\u{11A8}", "\u{AC01}")
        expect("\u{AC01}\u{11A8}", "\u{AC01}\u{11A8}")
        // Composed forms that normalization does not make.
        expect("\u{958}", "\u{915}\u{93C}")
        expect("\u{FB01}\u{FF21}", "fiA")
        expect("\u{2126}", "\u{3A9}")
        expect("\u{212B}", "\u{C5}")
    }

    // Guard: Sources/PostgresWire/Authentication/SASLprep.swift: `case .error:`
    // Guard: Sources/PostgresWire/Authentication/SASLprep.swift: `return false`
    @Test(
        arguments: [[0xFF], [0xC3], [0x61, 0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80]] as [[UInt8]])
    func whatIsNotUTF8(bytes: [UInt8]) {
        #expect(SASLprep.prepare(bytes) == nil)
    }

    // Guard: Sources/PostgresWire/Authentication/SASLprep.swift: `guard var prepared = prepare(bytes) else { return pa`
    @Test func failuresUseThePasswordAsItIs() {
        for text in ["foo\u{627}1bar", "\u{AD}", "\u{1F600}"] {
            #expect(SASLprep.prepare(Secret(text)).copyBytes() == Array(text.utf8))
        }
        #expect(SASLprep.prepare(Secret([0xFF, 0x61])).copyBytes() == [0xFF, 0x61])
        #expect(SASLprep.prepare(Secret("I\u{AD}X")).copyBytes() == Array("IX".utf8))
    }

    // Guard: Sources/PostgresWire/Authentication/SaltedPasswordRequest.swift: `SASLprep.prepare(password)`
    @Test func scramPreparesThePassword() throws {
        func salted(_ password: String) throws -> [UInt8] {
            try SaltedPasswordRequest(password: Secret(password), salt: [1, 2, 3], iterations: 2).saltedPassword()
                .copyBytes()
        }
        let plain = try salted("IX")
        #expect(try salted("I\u{AD}X") == plain)
        #expect(try salted("\u{2168}") == plain)
        #expect(try salted("I\u{A0}X") != plain)
    }

    /// Prints lines of a text and its preparation, both in hexadecimal, `-` for a failure: what normalization changes,
    /// code point by code point, and mixtures from a seed.
    private static let reference = """
        import random, stringprep as s, unicodedata as u
        def prep(t):
            t = ''.join(' ' if s.in_table_c12(c) else c for c in t if s.in_table_c12(c) or not s.in_table_b1(c))
            bad = [s.in_table_a1, s.in_table_c21_c22, s.in_table_c3, s.in_table_c4, s.in_table_c6, s.in_table_c7,
                   s.in_table_c8, s.in_table_c9]
            if not t or any(f(c) for f in bad for c in t): return None
            if any(map(s.in_table_d1, t)):
                if any(map(s.in_table_d2, t)) or not (s.in_table_d1(t[0]) and s.in_table_d1(t[-1])): return None
            return u.normalize('NFKC', t)
        def show(t):
            p = prep(t)
            print(t.encode().hex(), '-' if p is None else p.encode().hex())
        known = [chr(c) for c in range(128, 0x30000) if not 0xD800 <= c < 0xE000 and not s.in_table_a1(chr(c))]
        changing = [c for c in known if u.normalize('NFKC', c) != c]
        marks = [c for c in known if u.combining(c)]
        letters = [chr(c) for c in list(range(65, 123)) + list(range(0x1100, 0x1113)) + list(range(0x1161, 0x1176))
                   + list(range(0x11A8, 0x11C3)) + list(range(0x5D0, 0x5EB)) + list(range(0xAC00, 0xAC40))]
        hangul = [chr(c) for c in range(0xAC00, 0xD7A4, 97)]
        for c in changing + hangul: show(c)
        r = random.Random(4013)
        pools = [known, changing, marks, marks, letters, letters]
        for n in range(6000):
            show('\\u00e9' + ''.join(r.choice(r.choice(pools)) for _ in range(r.randint(1, 6))))
            show(''.join(r.choice(r.choice([marks, letters])) for _ in range(r.randint(1, 8))) + '\\u00e9')
        """

    // Guard: Sources/PostgresWire/Authentication/SASLprep+Normalizer.swift: `keyed.sort { ($0.0, $0.1)`
    @Test func agreesWithPython() throws {
        let program = Array("exec python3 - 2>/dev/null <<'END'\n\(Self.reference)\nEND\n".utf8CString)
        guard let pipe = unsafe popen(program, "r") else { return }
        var output: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = unsafe fread(&buffer, 1, buffer.count, pipe)
            guard count > 0 else { break }
            output += buffer.prefix(count)
        }
        let status = unsafe pclose(pipe)
        // Without python3 the tables of the other tests have to do.
        guard status == 0 else { return }
        var compared = 0
        for line in output.split(separator: UInt8(ascii: "\n")) {
            let fields = line.split(separator: UInt8(ascii: " "))
            try #require(fields.count == 2)
            let wanted = fields[1] == [UInt8(ascii: "-")] ? nil : Self.bytes(fields[1])
            let found = SASLprep.prepare(Self.bytes(fields[0]))
            if found != wanted { Issue.record("\(String(decoding: line, as: UTF8.self)): \(found ?? [])") }
            compared += 1
        }
        #expect(compared > 12_000)
    }

    private static func bytes(_ hexadecimal: some Collection<UInt8>) -> [UInt8] {
        let digits = hexadecimal.map { $0 <= UInt8(ascii: "9") ? $0 - UInt8(ascii: "0") : $0 - UInt8(ascii: "a") + 10 }
        return stride(from: 0, to: digits.count - 1, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
    }

    // Long runs of marks are sorted, not shifted one by one: a long password must not hang the program.
    @Test func longTexts() {
        let marks = String(repeating: "\u{301}\u{323}", count: 5000)
        let result = SASLprep.prepare(Array("a\(marks)".utf8))
        let wanted = "\u{1EA1}" + String(repeating: "\u{323}", count: 4999) + String(repeating: "\u{301}", count: 5000)
        #expect(result == Array(wanted.utf8))
    }
}
