import Testing

@testable import PostgresWire

@Suite(.ownThread) struct JSONObjectReaderTests {
    private func members(_ text: String) -> [String: String]? {
        var reader = JSONObjectReader(Array(text.utf8))
        guard let members = reader.members() else { return nil }
        return Dictionary(
            uniqueKeysWithValues: members.map {
                (String(decoding: $0, as: UTF8.self), String(decoding: $1, as: UTF8.self))
            })
    }

    @Test func objects() {
        #expect(members("{}") == [:])
        #expect(members(" { \"a\" : \"b\" ,\n\"c\":\"\" } ") == ["a": "b", "c": ""])
        #expect(
            members(#"{"a":"\"\\\/\b\f\n\r\t\u00e9\ud83d\ude00"}"#) == ["a": "\"\\/\u{8}\u{C}\n\r\t\u{E9}\u{1F600}"])
        #expect(members(#"{"n":-1.5e+3,"t":true,"x":[1,{"y":[]},"z"],"o":{"p":{}},"s":"kept"}"#) == ["s": "kept"])
    }

    @Test(arguments: [
        "", " ", "[]", "\"a\"", "{", "}", "{\"a\"}", "{\"a\":}", "{\"a\":\"b\",}", "{,}", "{\"a\":\"b\"}{}",
        "{a:\"b\"}",
        "{\"a\":\"b", "{\"a\":\"\n\"}", #"{"a":"\x"}"#, #"{"a":"\u12"}"#, #"{"a":"\ud800"}"#, #"{"a":"\udc00"}"#,
        #"{"a":"\ud800\u0041"}"#, "{\"a\":\"b\",\"a\":\"c\"}", "{\"a\":[1,]}", "{\"a\":{\"b\":1,}}", "{\"a\":[1",
    ])
    func whatIsNone(text: String) {
        #expect(members(text) == nil)
    }

    // Guard: Sources/PostgresWire/Authentication/JSONObjectReader.swift: `guard depth <= Self.maximumDepth`
    @Test func depthIsBounded() {
        for bracket in ["[", "{\"a\":"] {
            #expect(members("{\"a\":" + String(repeating: bracket, count: 1 << 20)) == nil)
        }
        let deep = String(repeating: "[", count: 60) + String(repeating: "]", count: 60)
        #expect(members("{\"a\":\(deep)}") == [:])
    }

    @Test func everyTruncationAndByteChangeIsReadOrRefused() {
        let text = Array(#"{"status":"invalid\u0041","x":[{"y":1.5},null],"z":"\ud83d\ude00"}"#.utf8)
        for length in text.indices {
            var reader = JSONObjectReader(Array(text.prefix(length)))
            #expect(reader.members() == nil)
        }
        for index in text.indices {
            for byte in UInt8.min...UInt8.max {
                var changed = text
                changed[index] = byte
                var reader = JSONObjectReader(changed)
                _ = reader.members()
            }
        }
    }
}
