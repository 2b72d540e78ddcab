import PostgresWire
import Testing

@Suite(.ownThread) struct SessionProtocolTests {
    private static let v30 = Frontend.StartupMessage.version30
    private static let v32 = Frontend.StartupMessage.version32

    private func answer(_ version: UInt32, _ options: [String] = []) -> Backend.NegotiateProtocolVersion {
        .init(newestVersion: version, unrecognizedOptions: options)
    }

    @Test func aLowerVersionIsTaken() throws {
        var session = Session(protocolVersion: SessionProtocolTests.v32)
        #expect(session.protocolVersion == SessionProtocolTests.v32)
        try session.negotiate(answer(SessionProtocolTests.v30))
        #expect(session.protocolVersion == SessionProtocolTests.v30)
        #expect(Session().protocolVersion == SessionProtocolTests.v30)
    }

    @Test func optionsMayBeRefusedIfTheyWereAskedFor() throws {
        var session = Session(protocolVersion: SessionProtocolTests.v32)
        try session.negotiate(answer(SessionProtocolTests.v32, ["_pq_.a"]), askedFor: ["_pq_.b", "_pq_.a"])
        #expect(session.protocolVersion == SessionProtocolTests.v32)
        for name in ["_pq_.c", "user", "", "_pq_.A", "_pq_.a\u{301}"] {
            var other = Session(protocolVersion: SessionProtocolTests.v32)
            #expect(throws: PostgresError.self) {
                try other.negotiate(answer(SessionProtocolTests.v30, [name]), askedFor: ["_pq_.a"])
            }
            #expect(other.protocolVersion == SessionProtocolTests.v32, "nothing is taken of a bad answer")
        }
    }

    @Test(
        arguments: [
            0x0003_0003, 0x0004_0000, 0x0003_0001, 0x0003_270F, 0x0002_0000, 0, UInt32.max, 0x0003_0002,
        ] as [UInt32])
    func versionsThatAreNoAnswer(_ version: UInt32) throws {
        var session = Session(protocolVersion: SessionProtocolTests.v32)
        #expect(throws: PostgresError.self) { try session.negotiate(answer(version)) }
        var old = Session()
        #expect(throws: PostgresError.self) { try old.negotiate(answer(version)) }
        #expect(throws: PostgresError.self, "no change") { try old.negotiate(answer(SessionProtocolTests.v30)) }
    }

    @Test func theAnswerComesOnceAndFirst() throws {
        let v = MessageType.negotiateProtocolVersion
        var twice = Session(protocolVersion: SessionProtocolTests.v32)
        try twice.accept(v)
        #expect(throws: PostgresError.self) { try twice.accept(v) }
        var late = Session(protocolVersion: SessionProtocolTests.v32)
        try late.accept(MessageType.authentication)
        #expect(throws: PostgresError.self) { try late.accept(v) }
        var behindNotice = Session(protocolVersion: SessionProtocolTests.v32)
        try behindNotice.accept(MessageType.noticeResponse)
        try behindNotice.accept(v)
    }

    @Test func cancelKeysAreAsLongAsTheVersionHasThem() throws {
        for count in 0...300 {
            let key = Backend.BackendKeyData(processID: 1, key: Array(repeating: 7, count: count))
            var old = Session()
            var new = Session(protocolVersion: SessionProtocolTests.v32)
            #expect((try? old.setBackendKey(key)) != nil ? count == 4 : count != 4)
            #expect((try? new.setBackendKey(key)) != nil ? (4...256).contains(count) : !(4...256).contains(count))
        }
        var session = Session()
        #expect(session.backendKey == nil)
        try session.setBackendKey(.init(processID: 1, key: [1, 2, 3, 4]))
        try session.setBackendKey(.init(processID: .max, key: [5, 6, 7, 8]))
        #expect(session.backendKey?.processID == .max && session.backendKey?.key == [5, 6, 7, 8])
    }

    @Test func aNegotiationThatLiesAboutItsLengthIsMalformed() {
        for count in [-1, 2, Int32.max, Int32.min] {
            var writer = WireWriter()
            writer.write(SessionProtocolTests.v30)
            writer.write(count)
            writer.writeCString("_pq_.a")
            #expect(throws: WireError.self) {
                try WireReader.read(writer.bytes) { (reader) throws(WireError) in
                    try Backend.NegotiateProtocolVersion(body: &reader)
                }
            }
        }
    }

    @Test func settingsAreKeptUpToALimit() throws {
        var session = Session()
        let half = String(repeating: "x", count: 1_000_000)
        for number in 0..<100 { try session.setParameter("setting\(number)", half) }
        #expect(session.parameters.count == 2)
        for _ in 0..<10 { try session.setParameter("setting0", "short") }
        #expect(session.parameters["setting0"] == "short")
        try session.setParameter("another", half)
        #expect(session.parameters["another"] == half, "what is replaced makes room")
    }
}
