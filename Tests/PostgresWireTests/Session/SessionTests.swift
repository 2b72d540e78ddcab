import PostgresWire
import Testing

@Suite(.ownThread) struct SessionTests {
    private static func authenticating() -> Session { Session() }

    private static func starting() -> Session {
        var session = Session()
        session.authenticated()
        return session
    }

    private static func established(_ replies: ExpectedReply...) throws -> Session {
        var session = starting()
        try session.accept(MessageType.readyForQuery)
        for reply in replies { session.expect(reply) }
        return session
    }

    private static func after(_ session: Session, _ types: String) throws -> Session {
        var session = session
        for type in types.utf8 { try session.accept(type) }
        return session
    }

    /// A state, how to come there, and the types that are legal in it.
    struct State: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let legal: Set<UInt8>
        let make: @Sendable () throws -> Session

        init(_ name: String, _ legal: String, _ make: @escaping @Sendable () throws -> Session) {
            testDescription = name
            self.legal = Set(legal.utf8)
            self.make = make
        }
    }

    static let states: [State] = [
        State("authenticating", "REvN") { authenticating() },
        State("starting", "SKNAEZ") { starting() },
        State("idle", "NSAE") { try established() },
        State("parse", "NSAE1") { try established(.parse, .sync) },
        State("bind", "NSAE2") { try established(.bind, .execute, .sync) },
        State("close", "NSAE3") { try established(.close, .sync) },
        State("describe a statement", "NSAEt") { try established(.describeStatement, .sync) },
        State("describe a statement, its rows", "NSAETn") { try after(established(.describeStatement), "t") },
        State("describe a portal", "NSAETn") { try established(.describeRows, .sync) },
        State("execute", "NSAEDCIsGH") { try established(.execute, .sync) },
        State("execute after a row", "NSAEDCIsGH") { try after(established(.execute, .sync), "D") },
        State("sync", "NSAEZ") { try established(.sync) },
        State("simple query", "NSAETDCIGHZ") { try established(.simpleQuery) },
        State("simple query between two results", "NSAETDCIGHZ") { try after(established(.simpleQuery), "TDC") },
        State("skipping after an error", "NSAEZ") { try after(established(.parse, .bind, .execute, .sync), "E") },
        State("COPY in, extended", "NSAEC") { try after(established(.execute, .sync), "G") },
        State("COPY in, simple", "NSAEC") { try after(established(.simpleQuery), "G") },
        State("COPY out, extended", "NSAEdcC") { try after(established(.execute, .sync), "H") },
        State("COPY out, simple", "NSAEdcC") { try after(established(.simpleQuery), "Hd") },
        State("closed", "") {
            var session = try established(.execute)
            session.close()
            return session
        },
    ]

    // Guard: Sources/PostgresWire/Session/Session.swift: `throw unexpected(type)`
    @Test(arguments: states)
    func exactlyTheLegalTypesAreAccepted(_ state: State) throws {
        for type in UInt8.min ... .max {
            var session = try state.make()
            let isAccepted: Bool
            do throws(PostgresError) {
                try session.accept(type)
                isAccepted = true
            } catch {
                #expect(error.code == .protocolViolation)
                #expect(!error.message.isEmpty)
                isAccepted = false
            }
            #expect(isAccepted == state.legal.contains(type), "type \(type)")
        }
    }

    /// N, S and A change nothing, wherever they come.
    @Test(arguments: states.filter { $0.legal.isSuperset(of: Set("NSA".utf8)) })
    func asynchronousMessagesChangeNothing(_ state: State) throws {
        for type in UInt8.min ... .max {
            let before = try state.make()
            var session = before
            for asynchronous in "NSANSA".utf8 { try session.accept(asynchronous) }
            #expect(session.expectedReply == before.expectedReply)
            #expect(session.phase == before.phase)
            #expect(session.copy == before.copy)
            #expect(session.isSkipping == before.isSkipping)
            #expect(session.acceptsRows == before.acceptsRows)
            var plain = before
            let expected = (try? plain.accept(type)) != nil
            #expect(((try? session.accept(type)) != nil) == expected, "type \(type)")
            #expect(session.expectedReply == plain.expectedReply)
        }
    }

    @Test func rowsAreAcceptedWhileAnExecutionRuns() throws {
        var session = try SessionTests.established(.parse, .describeStatement, .bind, .execute, .sync)
        for type in "1tT2".utf8 {
            #expect(!session.acceptsRows)
            try session.accept(type)
        }
        #expect(session.acceptsRows)
        try session.accept(MessageType.commandComplete)
        #expect(!session.acceptsRows)
        #expect(session.expectedReply == .sync)
        try session.accept(MessageType.readyForQuery)
        #expect(session.isIdle)
    }

    @Test func repliesComeInTheOrderOfTheRequests() throws {
        var session = try SessionTests.established(.bind, .execute, .sync, .parse, .sync)
        for type in "2DDDCZ1Z".utf8 { try session.accept(type) }
        #expect(session.isIdle)
        session.expect(.close)
        #expect(throws: PostgresError.self) { try session.accept(MessageType.bindComplete) }
    }

    @Test func anErrorSkipsToTheNextSyncOnly() throws {
        var session = try SessionTests.established(.bind, .execute, .sync, .bind, .execute, .sync)
        for type in "2E".utf8 { try session.accept(type) }
        #expect(session.isSkipping)
        #expect(!session.acceptsRows)
        try session.accept(MessageType.readyForQuery)
        #expect(!session.isSkipping)
        #expect(session.expectedReply == .bind)
        for type in "2DCZ".utf8 { try session.accept(type) }
        #expect(session.isIdle)
    }

    @Test func anErrorWithoutASyncWaitsForTheOneToCome() throws {
        var session = try SessionTests.established(.parse, .describeStatement)
        try session.accept(MessageType.errorResponse)
        #expect(session.isIdle)
        session.expect(.sync)
        try session.accept(MessageType.readyForQuery)
        #expect(session.isIdle)
    }

    @Test func anErrorAtSyncIsFollowedByReadyForQuery() throws {
        var session = try SessionTests.established(.sync)
        for type in "EZ".utf8 { try session.accept(type) }
        #expect(session.isIdle)
    }

    @Test func aSimpleQueryGoesOnAfterAnErrorUntilReadyForQuery() throws {
        var session = try SessionTests.established(.simpleQuery)
        for type in "TDCE".utf8 { try session.accept(type) }
        #expect(!session.isIdle)
        try session.accept(MessageType.readyForQuery)
        #expect(session.isIdle)
    }

    @Test func errorsEndACopy() throws {
        var session = try SessionTests.after(SessionTests.established(.execute, .sync), "GE")
        #expect(session.copy == .none)
        try session.accept(MessageType.readyForQuery)
        #expect(session.isIdle)
    }

    @Test func aCopyOutIsOneCommand() throws {
        let session = try SessionTests.after(SessionTests.established(.execute, .sync), "HdddcCZ")
        #expect(session.isIdle)
    }

    @Test func unasksCockroachDBsRepeatedDescriptions() throws {
        var session = try SessionTests.established(.execute, .sync)
        #expect(throws: PostgresError.self) { try session.accept(MessageType.rowDescription) }
        session = try SessionTests.established(.execute, .sync)
        try session.setParameter("crdb_version", "CockroachDB CCL v25.1.0")
        #expect(session.isCockroachDB)
        for type in "TCZ".utf8 { try session.accept(type) }
        #expect(session.isIdle)
    }

    @Test func noticesBeforeAuthenticationAreLimited() throws {
        var session = Session()
        for _ in 0..<16 { try session.accept(MessageType.noticeResponse) }
        #expect(throws: PostgresError.self) { try session.accept(MessageType.noticeResponse) }
    }

    @Test func settingsUnderWhichValuesWouldBeMisreadAreRefused() throws {
        var session = Session()
        for encoding in ["UTF8", "utf8", "UNICODE"] { try session.setParameter("client_encoding", encoding) }
        for encoding in ["LATIN1", "SJIS", "SQL_ASCII", "", "UTF8x"] {
            #expect(throws: PostgresError.self) { try session.setParameter("client_encoding", encoding) }
        }
        try session.setParameter("integer_datetimes", "on")
        #expect(throws: PostgresError.self) { try session.setParameter("integer_datetimes", "off") }
        try session.setParameter("TimeZone", "Europe/Berlin")
        try session.setParameter("TimeZone", "UTC")
        #expect(session.parameters["TimeZone"] == "UTC")
        #expect(session.parameters["integer_datetimes"] == "on")
    }

    @Test func settingsDoNotGrowWithoutEnd() throws {
        var session = Session()
        for number in 0..<10_000 { try session.setParameter("setting\(number)", "x") }
        #expect(session.parameters.count == 256)
        try session.setParameter("setting0", "changed")
        #expect(session.parameters["setting0"] == "changed")
    }

    @Test func complaintsSayWhatCameAndWhatWasAwaited() throws {
        var session = try SessionTests.established(.bind)
        let error = #expect(throws: PostgresError.self) { try session.accept(MessageType.dataRow) }
        #expect(error?.message == "the server sent a message of type 'D' while bind is awaited")
        var fresh = Session()
        let other = #expect(throws: PostgresError.self) { try fresh.accept(0x16) }
        #expect(other?.message.contains("0x16") == true)
    }

    @Test func transactionStatusFollowsReadyForQuery() throws {
        var session = try SessionTests.established()
        #expect(session.transactionStatus == .idle)
        session.ready(.inTransaction)
        #expect(session.transactionStatus == .inTransaction)
        session.ready(.failed)
        #expect(session.transactionStatus == .failed)
    }
}
