import PostgresWire
import Testing

@Suite(.ownThread) struct MessageRoundTripTests {
    /// The length field counts itself.
    private func framed(_ type: Character?, _ body: [UInt8]) -> [UInt8] {
        let length = body.count + 4
        let big = [UInt8(length >> 24 & 255), UInt8(length >> 16 & 255), UInt8(length >> 8 & 255), UInt8(length & 255)]
        return [type?.asciiValue].compactMap { $0 } + big + body
    }

    @Test func backendMessagesHaveTheirExactBytes() {
        for sample in MessageSamples.backend {
            var writer = WireWriter()
            sample.message.encode(into: &writer)
            #expect(writer.failure == nil)
            #expect(writer.bytes == framed(sample.type, sample.body), "\(sample.message)")
        }
    }

    @Test func backendMessagesAreReadBack() throws {
        for sample in MessageSamples.backend {
            let type = try #require(sample.type.asciiValue)
            let message = try MessageSamples.decodeBackend(type, sample.body)
            #expect(message == sample.message)
        }
    }

    @Test func frontendMessagesHaveTheirExactBytes() {
        for sample in MessageSamples.frontend {
            var writer = WireWriter()
            sample.message.encode(into: &writer)
            #expect(writer.failure == nil)
            #expect(writer.bytes == framed(sample.type, sample.body), "\(sample.message)")
        }
    }

    @Test func frontendMessagesAreReadBack() throws {
        for sample in MessageSamples.frontend {
            let message = try MessageSamples.decodeFrontend(sample.type?.asciiValue, sample.body)
            #expect(message == sample.message)
        }
    }

    @Test func authenticationAnswersAreReadFromTheRawMessage() throws {
        let password = Frontend.PasswordMessage(password: Array("secret".utf8))
        let initial = Frontend.SASLInitialResponse(mechanism: "SCRAM-SHA-256", data: Array("n,,n=,r=x".utf8))
        let empty = Frontend.SASLInitialResponse(mechanism: "X", data: nil)
        var writer = WireWriter()
        password.encodeBody(into: &writer)
        #expect(writer.bytes == Array("secret\0".utf8))
        #expect(try Frontend.PasswordMessage.decode(body: writer.bytes) == password)
        writer = WireWriter()
        initial.encodeBody(into: &writer)
        #expect(writer.bytes == Array("SCRAM-SHA-256\0".utf8) + [0, 0, 0, 9] + Array("n,,n=,r=x".utf8))
        #expect(try Frontend.SASLInitialResponse.decode(body: writer.bytes) == initial)
        writer = WireWriter()
        empty.encodeBody(into: &writer)
        #expect(writer.bytes == [88, 0, 255, 255, 255, 255])
        #expect(try Frontend.SASLInitialResponse.decode(body: writer.bytes) == empty)
        #expect(try Frontend.SASLResponse.decode(body: [1, 0, 2]).data == [1, 0, 2])
        #expect(try Frontend.GSSResponse.decode(body: [1, 0, 2]).data == [1, 0, 2])
    }

    @Test func countsReachSixteenBits() throws {
        let most = Frontend.Bind(values: [[UInt8]?](repeating: nil, count: 65_535))
        var writer = WireWriter()
        most.encodeBody(into: &writer)
        #expect(writer.failure == nil)
        #expect(try Frontend.Bind.decode(body: writer.bytes).values.count == 65_535)
        writer = WireWriter()
        Frontend.Bind(values: [[UInt8]?](repeating: nil, count: 65_536)).encode(into: &writer)
        #expect(writer.failure == .tooLarge)
        let row = Backend.DataRow(values: [[UInt8]?](repeating: nil, count: 40_000))
        writer = WireWriter()
        row.encodeBody(into: &writer)
        #expect(try Backend.DataRow.decode(body: writer.bytes) == row)
    }

    @Test func whatCannotBeSentFails() {
        func failure(_ message: some WireMessage) -> WireError? {
            var writer = WireWriter()
            message.encode(into: &writer)
            return writer.failure
        }
        #expect(failure(Frontend.StartupMessage(parameters: [.init("user", "app\0user\0admin")])) == .embeddedNUL)
        #expect(failure(Frontend.StartupMessage(parameters: [.init("a\0b", "c")])) == .embeddedNUL)
        #expect(failure(Frontend.StartupMessage(parameters: [.init("", "c")])) == .invalidValue)
        let long = String(repeating: "x", count: 10_000)
        #expect(failure(Frontend.StartupMessage(parameters: [.init("user", long)])) == .tooLarge)
        let fits = String(repeating: "x", count: 10_000 - 4 - 5 - 1 - 1)
        #expect(failure(Frontend.StartupMessage(parameters: [.init("user", fits)])) == nil)
        #expect(failure(Frontend.Query(sql: "SELECT 1\0; DROP")) == .embeddedNUL)
        #expect(failure(Frontend.Parse(name: "a\0", sql: "")) == .embeddedNUL)
        #expect(failure(Frontend.Bind(portal: "\0", values: [])) == .embeddedNUL)
        #expect(failure(Frontend.Execute(portal: "\0")) == .embeddedNUL)
        #expect(failure(Frontend.Close(.statement("\0"))) == .embeddedNUL)
        #expect(failure(Frontend.CopyFail(reason: "\0")) == .embeddedNUL)
        #expect(failure(Frontend.PasswordMessage(password: [])) == .invalidLength)
        #expect(failure(Frontend.PasswordMessage(password: [97, 0, 98])) == .embeddedNUL)
        #expect(failure(Frontend.CancelRequest(processID: 1, key: [1, 2, 3])) == .invalidLength)
        #expect(failure(Frontend.CancelRequest(processID: 1, key: [UInt8](repeating: 0, count: 257))) == .invalidLength)
        #expect(failure(Backend.Authentication.md5Password(salt: [1])) == .invalidLength)
        #expect(failure(Backend.Authentication.sasl(mechanisms: [""])) == .invalidValue)
    }

    @Test func passwordsAreNotShown() {
        let password = Frontend.PasswordMessage(password: Array("secret".utf8))
        let response = Frontend.AuthenticationResponse(data: Array("secret\0".utf8))
        for shown in [
            "\(password)", String(reflecting: password), "\(response)", String(reflecting: response),
            "\(FrontendMessage.authenticationResponse(response))",
        ] {
            #expect(!shown.contains("secret") && !shown.contains("115"), "\(shown)")
        }
        var dumped = ""
        dump(FrontendMessage.authenticationResponse(response), to: &dumped)
        dump(password, to: &dumped)
        #expect(!dumped.contains("115"))
    }
}
