import PostgresWire
import Testing

@Suite(.ownThread) struct ServerErrorFieldsTests {
    private func error(_ body: String) throws -> ServerError {
        try Backend.ErrorResponse.decode(body: Array(body.utf8)).error
    }

    @Test func withoutFieldsThereIsStillAMessage() throws {
        let error = try error("\0")
        #expect(error.severity == "ERROR")
        #expect(error.sqlState == nil)
        #expect(error.message == "the server gave no message")
        #expect(try Backend.NoticeResponse.decode(body: [0]).notice.severity == "NOTICE")
    }

    @Test func severityIsTheUntranslatedOneIfThereIsOne() throws {
        #expect(try error("SFATAL\0\0").severity == "FATAL")
        #expect(try error("SFATAL\0\0").isFatal)
        #expect(try error("SFEHLER\0VERROR\0\0").severity == "ERROR")
        #expect(try error("VPANIC\0SFEHLER\0\0").severity == "PANIC")
        #expect(try error("VPANIC\0SFEHLER\0\0").localizedSeverity == "FEHLER")
    }

    @Test func unknownAndRepeatedFieldsAreTolerated() throws {
        let error = try error("Zwhat\0Mfirst\0Msecond\0!x\0C23505\0\0")
        #expect(error.message == "second")
        #expect(error.sqlState?.rawValue == "23505")
    }

    @Test(arguments: ["", "2350", "235055", "2350\u{e9}", "abcde", "23 05"])
    func malformedStatesAreLeftOut(state: String) throws {
        #expect(try error("C\(state)\0Mm\0\0").sqlState == nil)
    }

    @Test(arguments: ["+5", "-5", "", "5x", "99999999999999999999999", "٥"])
    func malformedPositionsAreLeftOut(position: String) throws {
        let error = try error("P\(position)\0p\(position)\0\0")
        #expect(error.position == nil)
        #expect(error.internalPosition == nil)
    }

    @Test func invalidUTF8IsRepaired() throws {
        let body: [UInt8] = [77, 0xFF, 0xC3, 97, 0, 0]
        #expect(try Backend.ErrorResponse.decode(body: body).error.message == "\u{FFFD}\u{FFFD}a")
    }

    @Test func theTerminatorIsNeeded() {
        #expect(throws: WireError.truncated) { try error("") }
        #expect(throws: WireError.truncated) { try error("Mx\0") }
        #expect(throws: WireError.truncated) { try error("Mx") }
        #expect(throws: WireError.truncated) { try error("M") }
        #expect(throws: WireError.trailingBytes) { try error("Mx\0\0x") }
    }
}
