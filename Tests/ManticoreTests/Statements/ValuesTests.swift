import Manticore
import Testing

@Suite struct ValuesTests {
    @Test func literalsKeepTheirOrder() {
        let values: Values = ["z": 1, "a": "x", "m": nil]
        #expect(values.keys == ["z", "a", "m"])
        #expect(values.count == 3)
        #expect(values["z"] as? Int == 1)
        #expect(values["a"] as? String == "x")
        #expect(values["m"] == nil)
        #expect(values.contains("m"))
        #expect(!values.contains("n"))
    }

    @Test func runTimeDictionariesAreSorted() {
        let dictionary: [String: any PostgresEncodable] = ["b": 1, "a": 2, "ä": 3, "B": 4]
        #expect(Values(dictionary).keys == ["B", "a", "b", "ä"])
    }

    @Test func assigning() throws {
        var values: Values = ["a": 1, "b": 2]
        values["a"] = "one"
        values["c"] = 3
        values["b"] = nil
        try expect(
            try Statement.insert("t", values), #"INSERT INTO "t" ("a", "b", "c") VALUES ($1, $2, $3) RETURNING *"#,
            ["one", nil, "3"])
        values.remove("b")
        values.remove("nothing")
        #expect(values.keys == ["a", "c"])
    }

    @Test func keysAreBytes() throws {
        let composed = "caf\u{E9}"
        let decomposed = "cafe\u{301}"
        let values = Values(dictionaryLiteral: (composed, 1), (decomposed, 2))
        #expect(values[composed] as? Int == 1)
        #expect(values[decomposed] as? Int == 2)
        _ = try Statement.insert("t", values)
    }

    @Test func duplicatesAreRefusedWhereverTheyAreUsed() {
        let twice: Values = ["name": "a", "age": 1, "name": "b"]
        expectRefusal("insert users", "\"name\"", "twice") { _ = try Statement.insert("users", twice) }
        expectRefusal("update users", "\"name\"") { _ = try Statement.update("users", twice, where: .all) }
        expectRefusal("select users", "\"id\"") { _ = try Statement.select("users", where: ["id": 1, "id": 2]) }
        expectRefusal("row 1 of 2, counted from 0", "\"name\"") {
            _ = try Statement.batchInsert("users", [["name": 1, "age": 1], twice])
        }
        expectRefusal("row 0 of 1, counted from 0", "\"name\"") {
            _ = try Statement.batchUpdate("users", [twice], key: "age")
        }
    }

    @Test func descriptionsHideValues() {
        let values: Values = ["password": "secret", "id": 1]
        #expect("\(values)" == "[password, id]")
        #expect("\(Where(values))" == "[password, id]")
        #expect("\(Where.sql("password = \("secret")"))" == "password = $1")
    }
}
