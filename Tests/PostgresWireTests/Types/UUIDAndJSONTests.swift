import PostgresWire
import Testing

@Suite(.ownThread) struct UUIDAndJSONTests {
    let text = "00112233-4455-6677-8899-aabbccddeeff"
    let bytes = hex("00112233445566778899AABBCCDDEEFF")

    @Test func identifiersBothWays() throws {
        let id = try #require(PostgresUUID(text))
        #expect(id.description == text)
        #expect(try encoded(id) == bytes)
        #expect(try decoded(PostgresUUID.self, bytes, .uuid) == id)
        #expect(try decoded(PostgresUUID.self, text: text.uppercased(), .uuid) == id)
        #expect(throws: WireError.trailingBytes) { try decoded(PostgresUUID.self, bytes + [0], .uuid) }
        #expect(throws: WireError.typeMismatch) { try decoded(PostgresUUID.self, bytes, .bytea) }
    }

    @Test func whatIsNoIdentifier() {
        let wrong = [
            "", "00112233445566778899aabbccddeeff", "{\(text)}", "\(text) ", "00112233-4455-6677-8899-aabbccddeefg",
            "0011223-34455-6677-8899-aabbccddeeff", "00112233-4455-6677-8899-aabbccddeef",
        ]
        for text in wrong {
            #expect(PostgresUUID(text) == nil, "\(text)")
            #expect(throws: WireError.invalidValue) { try decoded(PostgresUUID.self, text: text, .uuid) }
        }
    }

    @Test func randomIdentifiersAreVersion4() {
        var generator = SeededGenerator(seed: 1)
        for _ in 0..<1000 {
            let id = PostgresUUID.random(using: &generator)
            #expect(id.high >> 12 & 15 == 4)
            #expect(id.low >> 62 == 2)
            #expect(PostgresUUID(id.description) == id)
        }
        #expect(PostgresUUID.random() != PostgresUUID.random())
    }

    @Test func orderIsBytewise() throws {
        let low = PostgresUUID(high: 1, low: .max)
        #expect(low < PostgresUUID(high: 2, low: 0))
        #expect(PostgresUUID(high: 1, low: 0) < low)
        #expect(PostgresUUID(high: 1, low: 0) < PostgresUUID(high: 1 << 63, low: 0))
    }

    @Test func json() throws {
        let json = PostgresJSON(#"{"a": 1}"#)
        // Where it goes the server knows whether it is json or jsonb.
        #expect(json.postgresType == .unspecified && json.postgresFormat == .text)
        #expect(json.postgresFallbackType == .jsonb && [json].postgresFallbackType == .jsonbArray)
        #expect(([json, nil] as [PostgresJSON?]).postgresFallbackType == .jsonbArray)
        #expect(try encoded(json) == Array(json.text.utf8))
        #expect([json].postgresType == .unspecified && [json].postgresFormat == .text)
        #expect(try decoded([PostgresJSON].self, encoded([json]), .jsonArray, .text) == [json])
        #expect(try decoded(PostgresJSON.self, [1] + Array(json.text.utf8), .jsonb) == json)
        #expect(try decoded(PostgresJSON.self, Array(json.text.utf8), .json) == json)
        #expect(try decoded(PostgresJSON.self, text: json.text, .jsonb) == json)
        #expect(throws: WireError.invalidValue) { try decoded(PostgresJSON.self, [0, 123, 125], .jsonb) }
        #expect(throws: WireError.truncated) { try decoded(PostgresJSON.self, [], .jsonb) }
        #expect(throws: WireError.typeMismatch) { try decoded(PostgresJSON.self, [123, 125], .text) }
        // Canonically equivalent, but other bytes.
        #expect(PostgresJSON("\"\u{E9}\"") != PostgresJSON("\"e\u{301}\""))
    }
}
