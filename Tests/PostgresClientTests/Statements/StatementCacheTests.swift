import PostgresWire
import Testing

@testable import PostgresClient

@Suite struct StatementCacheTests {
    private func statement(_ text: String) -> StatementDescription {
        StatementDescription(name: "s_" + text, text: text, parameterTypes: [], columns: nil)
    }

    private func key(_ text: String, _ types: [PostgresOID?] = []) -> StatementCache.Key {
        StatementCache.Key(text: text, parameterTypes: types)
    }

    @Test func theLeastRecentlyUsedGoes() {
        var cache = StatementCache(capacity: 3)
        for text in ["a", "b", "c"] { #expect(cache.insert(statement(text), []) == nil) }
        #expect(cache.statement(for: key("a"))?.text == "a")
        #expect(cache.insert(statement("d"), [])?.text == "b")
        #expect(cache.statement(for: key("b")) == nil)
        #expect(cache.count == 3)
        #expect(cache.statement(for: key("c"))?.text == "c")
        #expect(cache.insert(statement("e"), [])?.text == "a")
        #expect(cache.insert(statement("f"), [])?.text == "d")
        #expect(Set(cache.removeAll().map(\.text)) == ["c", "e", "f"])
        #expect(cache.statement(for: key("c")) == nil)
        #expect(cache.count == 0)
    }

    @Test func withoutRoomNothingIsKept() {
        var cache = StatementCache(capacity: 0)
        let one = statement("a")
        #expect(cache.insert(one, []) === one)
        #expect(cache.statement(for: key("a")) == nil)
        #expect(cache.count == 0)
        var single = StatementCache(capacity: 1)
        #expect(single.insert(statement("a"), []) == nil)
        #expect(single.insert(statement("b"), [])?.text == "a")
        #expect(single.statement(for: key("b"))?.text == "b")
    }

    @Test func typesTellStatementsApart() {
        var cache = StatementCache(capacity: 10)
        let (number, text) = (statement("s"), statement("s"))
        _ = cache.insert(number, [.int8])
        _ = cache.insert(text, [.text])
        #expect(cache.statement(for: key("s", [.int8])) === number)
        #expect(cache.statement(for: key("s", [.text])) === text)
        #expect(cache.statement(for: key("s", [nil])) != nil)
        #expect(cache.statement(for: key("s", [.int4])) == nil)
        #expect(cache.statement(for: key("s")) == nil)
        let isRemoved = [cache.remove(number), cache.remove(number)]
        #expect(isRemoved == [true, false])
        #expect(cache.statement(for: key("s", [nil])) === text)
        #expect(cache.count == 1)
        // Two spellings of the same letter are two texts.
        _ = cache.insert(statement("\u{E9}"), [])
        #expect(cache.statement(for: key("e\u{301}")) == nil)
    }

    /// Against a list that is sorted by use.
    @Test(arguments: [1, 2, 7, 64])
    func isWhatAListWouldBe(_ capacity: Int) {
        var generator = SeededGenerator(seed: UInt64(capacity))
        var cache = StatementCache(capacity: capacity)
        var model: [StatementDescription] = []
        for _ in 0..<20_000 {
            let text = "s\(Int.random(in: 0..<(capacity * 2), using: &generator))"
            let found = cache.statement(for: key(text))
            #expect(found === model.first { $0.text == text })
            switch (found, Int.random(in: 0..<10, using: &generator)) {
            case (let found?, 0):
                let isRemoved = cache.remove(found)
                #expect(isRemoved)
                model.removeAll { $0 === found }
            case (let found?, _):
                model.removeAll { $0 === found }
                model.append(found)
            case (nil, _):
                let made = statement(text)
                let evicted = cache.insert(made, [])
                #expect(evicted === (model.count == capacity ? model.first : nil))
                if evicted != nil { model.removeFirst() }
                model.append(made)
            }
            #expect(cache.count == model.count)
        }
        #expect(cache.count > 0)
    }

    @Test func defectsAreTheStatementsOwn() {
        func defect(
            _ state: SQLState, _ message: String, name: String = "m1_7", routine: String? = nil, context: String? = nil
        ) -> StatementDefect? {
            var error = ServerError(severity: "ERROR", sqlState: state, message: message)
            (error.routine, error.context) = (routine, context)
            return StatementDefect(error, name: name)
        }
        let plan = "cached plan must not change result type"
        #expect(defect(.featureNotSupported, plan) == .planChanged)
        #expect(defect(.featureNotSupported, "in another language", routine: "RevalidateCachedQuery") == .planChanged)
        #expect(defect(.featureNotSupported, plan, context: "PL/pgSQL function f() line 1") == nil)
        #expect(defect(.featureNotSupported, "cannot do that") == nil)
        #expect(defect(.invalidSqlStatementName, "prepared statement \"m1_7\" does not exist") == .lost)
        #expect(defect(.invalidSqlStatementName, "prepared statement \"mine\" does not exist") == nil)
        #expect(defect(.invalidSqlStatementName, "prepared statement \"\" does not exist", name: "") == nil)
        #expect(defect(.duplicatePreparedStatement, "prepared statement \"m1_7\" already exists") == .duplicate)
        #expect(defect(.duplicatePreparedStatement, "prepared statement \"mine\" already exists") == nil)
        let binary = "no binary output function available for type aclitem"
        #expect(defect(.undefinedFunction, binary, name: "", routine: "getTypeBinaryOutputInfo") == .misformatted)
        #expect(defect(.undefinedFunction, binary, routine: "getTypeBinaryOutputInfo") == nil)
        let formats = "bind message has 3 result formats but query has 1 columns"
        #expect(defect(.protocolViolation, formats, name: "", routine: "PortalSetResultFormat") == .misformatted)
        #expect(defect(.protocolViolation, "another", name: "", routine: "exec_bind_message") == nil)
        #expect(defect(.undefinedFunction, "function f() does not exist", name: "") == nil)
    }
}
