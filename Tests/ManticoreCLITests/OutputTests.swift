import Testing

@testable import ManticoreCLI

@Suite struct OutputTests {
    @Test(arguments: [
        ("abc", 3), ("José", 4), ("Jose\u{301}", 4), ("美咲", 4), ("한국", 4), ("ｆｕｌｌ", 8), ("👩‍👩‍👧", 2), ("🇩🇪", 2), ("❤️", 2),
        ("a\u{200B}b", 2), ("", 0), ("—", 1),
    ])
    func width(_ text: String, _ width: Int) {
        #expect(DisplayWidth.of(text) == width)
    }

    @Test(arguments: [
        ("abcdef", 6, "abcdef"), ("abcdef", 5, "abcd…"), ("美咲子", 5, "美咲…"), ("美咲子", 4, "美…"), ("abc", 1, "…"),
        ("abc", 0, ""),
    ])
    func truncation(_ text: String, _ width: Int, _ expected: String) {
        #expect(DisplayWidth.truncate(text, to: width) == expected)
        #expect(DisplayWidth.of(DisplayWidth.truncate(text, to: width)) <= width)
    }

    @Test func tableIsAligned() {
        var table = TextTable([.init(title: "name"), .init(title: "age", isNumeric: true), .init(title: "note")])
        table.add(["美咲", "27", "x"])
        table.add(["Ann", "5", ""])
        let plain = Terminal(isTerminal: false, hasColours: false, width: nil)
        #expect(table.lines(for: plain) == ["name  age  note", "----  ---  ----", "美咲   27  x", "Ann     5"])
    }

    @Test func tableFitsTheTerminal() {
        var table = TextTable([.init(title: "version", isFlexible: false), .init(title: "description")])
        table.add(["20230101120000", .init(String(repeating: "long ", count: 40))])
        for width in [24, 40, 80] {
            let lines = table.lines(for: Terminal(isTerminal: true, hasColours: false, width: width), indent: 2)
            #expect(lines.allSatisfy { DisplayWidth.of($0) <= width })
            #expect(lines[2].contains("20230101120000"))
            #expect(lines[2].hasSuffix("…"))
        }
    }

    @Test func whatMustBeWholeGoesOnInFurtherLines() {
        var table = TextTable([.init(title: "keyword", isFlexible: false), .init(title: "value", isWhole: true)])
        table.add(["sslrootcert", "/etc/ssl/美咲/roots.pem"])
        table.add(["port", "5432"])
        let terminal = Terminal(isTerminal: true, hasColours: false, width: 24)
        #expect(
            table.lines(for: terminal).suffix(4) == [
                "sslrootcert  /etc/ssl/美", "             咲/roots.pe", "             m", "port         5432",
            ])
        #expect(DisplayWidth.pieces("", of: 5) == [""])
    }

    @Test(arguments: [
        ("short", ["short"]), ("a line that is too long for it", ["a line that is too long", "  for it"]),
        ("  to do: something about it now", ["  to do: something about", "    it now"]),
        (String(repeating: "x", count: 30) + " y", [String(repeating: "x", count: 30), "  y"]),
        (
            "SELECT a, b, c FROM nowhere\n                    ^",
            ["SELECT a, b, c FROM nowhere", "                    ^"]
        ),
        ("one\n\ntwo", ["one", "", "two"]), ("", [""]),
    ])
    func linesAreBrokenBetweenWords(_ text: String, _ lines: [String]) {
        #expect(WrappedText.lines(text, width: 24) == lines)
        // A terminal that is too narrow for any order, or that does not say how wide it is.
        #expect(WrappedText.lines(text, width: 0).joined(separator: "\n") == text)
    }

    @Test func cellsCannotDriveTheTerminal() {
        var table = TextTable([.init(title: "a")])
        table.add(["x\u{1B}[2J\n\u{202E}y"])
        let lines = table.lines(for: Terminal(isTerminal: true, hasColours: false, width: 80))
        #expect(lines.last == "x\\u{1b}[2J\\n\\u{202e}y")
    }

    @Test func coloursOnlyWhereWanted() {
        let colourful = Terminal(isTerminal: true, hasColours: true, width: 80)
        #expect(colourful.styled("x", .red) == "\u{1B}[31mx\u{1B}[0m")
        #expect(Terminal(isTerminal: true, hasColours: false, width: 80).styled("x", .red) == "x")
    }

    @Test(arguments: [
        ("postgresql://u:secret@h/db", "postgresql://u:********@h/db"),
        ("at 'postgresql://u:s@e:c/ret@h/db' here", "at 'postgresql://u:********@h/db' here"),
        ("postgresql://u:a/b@h", "postgresql://u:********@h"),
        ("postgresql://u@h:5432/db", "postgresql://u@h:5432/db"),
        ("postgresql://h:5432/db", "postgresql://h:5432/db"),
        ("postgresql://h/db?password=sec&x=1", "postgresql://h/db?password=********&x=1"),
        ("host=h password=sec user=u", "host=h password=******** user=u"),
        ("host=h PASSWORD='s e\\'c' user=u", "host=h PASSWORD=******** user=u"), ("nothing here", "nothing here"),
    ])
    func masking(_ text: String, _ expected: String) {
        #expect(MaskedText.mask(text) == expected)
    }

    @Test func jsonText() {
        let document = JSON.object([
            "b": .string("q\" \\ \n \u{1} é"), "a": .array([.int(1), .number(2.5), .number(3), .null, .bool(true)]),
            "empty": .array([]), "none": .object([:]),
        ])
        #expect(
            document.text == """
                {
                  "b": "q\\" \\\\ \\n \\u0001 é",
                  "a": [
                    1,
                    2.5,
                    3,
                    null,
                    true
                  ],
                  "empty": [],
                  "none": {}
                }
                """)
    }

    @Test(arguments: [
        (Duration.microseconds(41), "0.04 ms"), (.microseconds(9_994), "9.99 ms"), (.microseconds(12_340), "12.3 ms"),
        (.milliseconds(803), "803 ms"), (.milliseconds(1520), "1.52 s"), (.seconds(75), "75.0 s"),
        (.milliseconds(10_020), "10.0 s"),
    ])
    func timings(_ duration: Duration, _ expected: String) {
        #expect(Timings.text(duration) == expected)
    }

    @Test func medians() {
        #expect(PingReport.median([.seconds(3), .seconds(1), .seconds(2)]) == .seconds(2))
        #expect(PingReport.median([.seconds(1), .seconds(2)]) == .milliseconds(1500))
        #expect(PingReport.median([]) == .zero)
    }
}
