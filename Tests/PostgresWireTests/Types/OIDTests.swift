import PostgresWire
import Testing

@Suite(.ownThread) struct OIDTests {
    @Test func namesAndNumbers() {
        #expect(PostgresOID.int4.rawValue == 23)
        #expect(PostgresOID.timestamptz.rawValue == 1184)
        #expect(PostgresOID.jsonb.rawValue == 3802)
        #expect(PostgresOID.int4.description == "int4")
        #expect(PostgresOID.int4Array.description == "int4[]")
        #expect(PostgresOID.int4Array.name == "_int4")
        #expect(PostgresOID(rawValue: 123_456).description == "oid 123456")
        #expect(PostgresOID(rawValue: 123_456).name == nil)
        #expect(PostgresOID.any.rawValue == 2276)
    }

    @Test func arraysAndElements() {
        #expect(PostgresOID.int4.arrayType == .int4Array)
        #expect(PostgresOID.int4Array.elementType == .int4)
        #expect(PostgresOID.int4Array.arrayType == nil)
        #expect(PostgresOID.int4.elementType == nil)
        // Both can be subscripted on the server, but neither is sent as an array.
        #expect(PostgresOID.name.elementType == nil)
        #expect(PostgresOID.point.elementType == nil)
        #expect(PostgresOID.oidvector.elementType == .oid)
        for number in 0..<UInt32(10000) {
            let type = PostgresOID(rawValue: number)
            if let array = type.arrayType { #expect(array.elementType == type, "\(type)") }
        }
    }

    @Test func userDefinedTypes() {
        #expect(!PostgresOID.jsonb.isUserDefined)
        #expect(PostgresOID(rawValue: 16384).isUserDefined)
        #expect(PostgresOID(rawValue: 100_052).isUserDefined)
    }

    @Test func conditions() {
        #expect(SQLState.uniqueViolation.rawValue == "23505")
        #expect(SQLState.uniqueViolation.conditionName == "unique_violation")
        #expect(SQLState.serializationFailure.rawValue == "40001")
        #expect(SQLState.warningStringDataRightTruncation.rawValue == "01004")
        #expect(SQLState.stringDataRightTruncation.rawValue == "22001")
        #expect(SQLState.cockroachRangeUnavailable.conditionName == nil)
        #expect(SQLState.cockroachCommittedWithSchemaChangeFailure.rawValue == "XXA00")
    }
}
