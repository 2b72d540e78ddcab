import PostgresWire
import Testing

@Suite(.ownThread) struct IdentifierTests {
    @Test(arguments: [
        (Identifier("users"), #""users""#),
        (Identifier("Order"), #""Order""#),
        (Identifier("audit", "log"), #""audit"."log""#),
        ("audit.log", #""audit.log""#),
        (Identifier(#"a"b"#), #""a""b""#),
        (Identifier(#"";DROP TABLE x;--"#), #"""";DROP TABLE x;--""#),
        (Identifier("it's"), #""it's""#),
        (Identifier("two\nlines\r\n"), "\"two\nlines\r\n\""),
        (Identifier("\""), #""""""#),
        (Identifier("\"\u{301}x"), "\"\"\"\u{301}x\""),
        (Identifier("größe"), #""größe""#),
        (Identifier(#"a""#, #""b"#), #""a"""."""b""#),
    ])
    func quoting(_ identifier: Identifier, _ text: String) throws {
        #expect(Array(try identifier.quoted().utf8) == Array(text.utf8))
    }

    @Test(arguments: [Identifier(""), Identifier("", "log"), Identifier("audit", ""), ""])
    func emptyNames(_ identifier: Identifier) {
        let error = #expect(throws: PostgresError.self) { try identifier.quoted() }
        #expect(error?.code == .invalidArgument)
    }

    @Test(arguments: [Identifier("a\0b"), Identifier("a\0", "b"), Identifier("a", "\0")])
    func nulBytes(_ identifier: Identifier) {
        let error = #expect(throws: PostgresError.self) { try identifier.quoted() }
        #expect(error?.code == .encodingFailed)
        #expect(error?.message.utf8.contains(0) == false)
    }

    @Test func equalityIsOfBytes() {
        let composed = "caf\u{E9}"
        let decomposed = "cafe\u{301}"
        #expect(composed == decomposed)
        #expect(Identifier(composed) != Identifier(decomposed))
        #expect(Identifier(composed, "a") != Identifier(decomposed, "a"))
        #expect(Set([Identifier(composed), Identifier(decomposed), Identifier(composed)]).count == 2)
        #expect(Identifier("a", "b") == Identifier("a", "b"))
        #expect(Identifier("b") != Identifier("a", "b"))
        #expect(Identifier("a.b") != Identifier("a", "b"))
    }

    @Test func descriptionIsForPeople() {
        #expect("\(Identifier("audit", "log"))" == "audit.log")
        #expect("\(Identifier("users"))" == "users")
    }
}
