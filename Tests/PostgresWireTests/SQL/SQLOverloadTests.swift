import PostgresWire
import Testing

// What must not compile cannot be tested by compiling it. Instead each forbidden form has a stand-in here that the
// compiler takes only if nothing better exists: the day someone adds `SQL.init(_: String)`, it is not taken any more.
private struct StandIn: Equatable {}

extension SQL {
    @_disfavoredOverload
    fileprivate static func take<Text: StringProtocol>(_: Text) -> StandIn { StandIn() }
    fileprivate static func take(_ sql: SQL) -> SQL { sql }

    @_disfavoredOverload
    fileprivate init<Text: StringProtocol>(_: Text) { self = "stand-in" }
}

@_disfavoredOverload
private func + <Text: StringProtocol>(_: SQL, _: Text) -> StandIn { StandIn() }
@_disfavoredOverload
private func + (_: SQL, _: SQL) -> StandIn { StandIn() }

@Suite(.ownThread) struct SQLOverloadTests {
    @Test func stringVariablesAreNotSQL() {
        let text = "DROP TABLE users"
        #expect(SQL(text).description == "stand-in")
        #expect(SQL(text.dropFirst(1)).description == "stand-in")
        let taken = SQL.take(text)
        #expect(taken == StandIn())
    }

    @Test func literalsAreSQL() {
        #expect(SQL("SELECT 1").description == "SELECT 1")
        #expect(SQL.take("SELECT 1").description == "SELECT 1")
    }

    @Test func nothingIsAddedToSQL() {
        let sql: SQL = "SELECT 1"
        let withText = sql + String("; DROP TABLE users")
        let withSQL = sql + sql
        #expect(withText == StandIn())
        #expect(withSQL == StandIn())
    }
}
