import Foundation
import PostgresWire
import Testing

/// In JSON and the like a value is the string that the server would write.
@Suite(.ownThread) struct ScalarCodableTests {
    private func check<Value: PostgresScalar>(_: Value.Type, _ text: String) throws {
        let value = try #require(Value(text))
        let data = try JSONEncoder().encode([value])
        #expect(try JSONDecoder().decode([String].self, from: data) == [text])
        #expect(try JSONDecoder().decode([Value].self, from: data) == [value])
        #expect(throws: DecodingError.self) { try JSONDecoder().decode([Value].self, from: Data("[\"%\"]".utf8)) }
        #expect(throws: DecodingError.self) { try JSONDecoder().decode([Value].self, from: Data("[1]".utf8)) }
    }

    @Test func strings() throws {
        try check(PostgresDate.self, "2024-02-29")
        try check(PostgresTimestamp.self, "0044-03-15 12:00:00.5 BC")
        try check(PostgresTimestampWithTimeZone.self, "2024-02-29 12:34:56.789+00")
        try check(PostgresTime.self, "24:00:00")
        try check(PostgresTimeWithTimeZone.self, "12:34:56.789+05:30")
        try check(PostgresInterval.self, "1 year 2 mons -3 days +04:05:06.7")
        try check(PostgresInet.self, "2001:db8::1/64")
        try check(PostgresCIDR.self, "10.0.0.0/8")
        try check(PostgresMACAddress.self, "08:00:2b:01:02:03")
        try check(PostgresMACAddress8.self, "08:00:2b:01:02:03:04:05")
        try check(PostgresBits.self, "0101")
        try check(PostgresMoney.self, "-$1,234.56")
        try check(PostgresLSN.self, "16/B374D848")
        try check(PostgresSnapshot.self, "10:20:10,14,15")
        try check(PostgresTupleID.self, "(0,1)")
        try check(PostgresFullTransactionID.self, "18446744073709551615")
        try check(PostgresPath.self, "[(0,0),(NaN,-Infinity)]")
        try check(PostgresCircle.self, "<(0,0),2.5>")
    }
}
