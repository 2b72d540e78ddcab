import PostgresWire
import Testing

/// No text of the server's holds a NUL; what is read from one could not be sent back.
@Suite(.ownThread) struct NULInTextTests {
    @Test func nulsAreRefused() {
        func refuse<Value: PostgresDecodable>(_ type: Value.Type, _ oid: PostgresOID, _ text: String) {
            #expect(throws: WireError.embeddedNUL) {
                try WireReader.read(Array(text.utf8)) { (reader) throws(WireError) in
                    try Value(from: &reader, type: oid, format: .text)
                }
            }
        }
        refuse(PostgresTSQuery.self, .tsquery, "'a\0'")
        refuse(PostgresTSVector.self, .tsvector, "'a\0'")
        refuse(PostgresRecord.self, .record, "(\"a\0\")")
    }
}
