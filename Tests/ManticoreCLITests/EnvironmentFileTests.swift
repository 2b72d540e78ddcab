import Manticore
import Testing

@testable import ManticoreCLI

@Suite struct EnvironmentFileTests {
    @Test(arguments: [
        ("A=b", "b"), ("A = b ", "b"), ("export A=b", "b"), ("export\tA=b", "b"), ("A=", ""), ("A=b # c", "b"),
        ("A=b#c", "b#c"), ("A=# c", ""), ("A='b # c'", "b # c"), ("A='b\\n'", "b\\n"),
        ("A=\"b\\n\\\"\\\\\\$\"", "b\n\"\\$"),
        ("A=\"\\x\"", "\\x"), ("A=\"b\" # c", "b"), ("A=b\r", "b"),
        ("A=postgresql://u:p@h/d?x=1", "postgresql://u:p@h/d?x=1"),
        ("\u{FEFF}A=b", "b"), ("A=1\nA=2", "2"), ("# A=1\n\n  A=2", "2"), ("A=a=b", "a=b"),
    ])
    func values(_ text: String, _ expected: String) throws {
        #expect(try EnvironmentFile(text, path: ".env").variables["A"] == expected)
    }

    @Test(arguments: ["A", "=b", "1A=b", "A B=c", "A='b", "A=\"b", "A='b' c", "A-B=c", "exportA"])
    func malformedLinesAreNamedAndNotShown(_ line: String) throws {
        let error = #expect(throws: PostgresError.self) {
            try EnvironmentFile("\n" + line + "secret", path: "x.env")
        }
        #expect(error?.code == .invalidConfiguration)
        #expect(error?.message.hasPrefix("x.env:2:") == true)
        #expect(error?.message.contains("secret") == false)
    }
}
