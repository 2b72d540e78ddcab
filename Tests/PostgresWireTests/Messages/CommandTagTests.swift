import PostgresWire
import Testing

@Suite(.ownThread) struct CommandTagTests {
    @Test(arguments: [
        ("INSERT 0 5", "INSERT", 5), ("SELECT 12", "SELECT", 12), ("UPDATE 0", "UPDATE", 0),
        ("MERGE 3", "MERGE", 3), ("COPY 100", "COPY", 100), ("CREATE TABLE", "CREATE TABLE", nil),
        ("BEGIN", "BEGIN", nil), ("", "", nil), ("SELECT +5", "SELECT +5", nil),
        ("SELECT 99999999999999999999", "SELECT 99999999999999999999", nil), ("FETCH 1 ", "FETCH", 1),
        ("SELECT ٥", "SELECT ٥", nil),
    ])
    func tagsAreTakenApart(tag: String, command: String, count: Int?) {
        #expect(CommandTag(tag).command == command)
        #expect(CommandTag(tag).rowCount == count)
        #expect(Backend.CommandComplete(tag: tag).commandTag.description == tag)
    }
}
