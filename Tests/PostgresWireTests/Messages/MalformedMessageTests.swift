import PostgresWire
import Testing

@Suite(.ownThread) struct MalformedMessageTests {
    @Test func truncatedBackendMessagesThrowOrAreShorterMessages() throws {
        for sample in MessageSamples.backend {
            let type = try #require(sample.type.asciiValue)
            for length in 0..<sample.body.count {
                let body = Array(sample.body.prefix(length))
                if let message = try? MessageSamples.decodeBackend(type, body) {
                    // Whatever is read from fewer bytes must be what those bytes say.
                    var writer = WireWriter()
                    message.encode(into: &writer)
                    #expect(Array(writer.bytes.dropFirst(5)) == body, "\(message)")
                }
            }
        }
    }

    @Test func truncatedFrontendMessagesThrowOrAreShorterMessages() {
        for sample in MessageSamples.frontend {
            for length in 0..<sample.body.count {
                let body = Array(sample.body.prefix(length))
                if let message = try? MessageSamples.decodeFrontend(sample.type?.asciiValue, body) {
                    var writer = WireWriter()
                    message.encode(into: &writer)
                    #expect(Array(writer.bytes.dropFirst(sample.type == nil ? 4 : 5)) == body, "\(message)")
                }
            }
        }
    }

    @Test func leftOverBytesAreRefused() throws {
        let openEnded: Set<Character> = ["d", "K", "R", "p"]
        for sample in MessageSamples.backend where !openEnded.contains(sample.type) {
            let type = try #require(sample.type.asciiValue)
            #expect(throws: WireError.trailingBytes, "\(sample.message)") {
                try MessageSamples.decodeBackend(type, sample.body + [0])
            }
        }
        for code: UInt8 in [0, 2, 3, 6, 7, 9] {
            #expect(throws: WireError.trailingBytes) {
                try MessageSamples.decodeBackend(MessageType.authentication, [0, 0, 0, code, 0])
            }
        }
        for sample in MessageSamples.frontend {
            guard let type = sample.type, !openEnded.contains(type) else { continue }
            #expect(throws: WireError.trailingBytes, "\(sample.message)") {
                try MessageSamples.decodeFrontend(type.asciiValue, sample.body + [0])
            }
        }
    }

    @Test func everyBitFlipThrowsOrIsReadBack() throws {
        for sample in MessageSamples.backend {
            let type = try #require(sample.type.asciiValue)
            for index in sample.body.indices {
                for bit in 0..<8 {
                    var body = sample.body
                    body[index] ^= 1 << bit
                    _ = try? MessageSamples.decodeBackend(type, body)
                }
            }
        }
        for sample in MessageSamples.frontend {
            for index in sample.body.indices {
                for bit in 0..<8 {
                    var body = sample.body
                    body[index] ^= 1 << bit
                    _ = try? MessageSamples.decodeFrontend(sample.type?.asciiValue, body)
                }
            }
        }
    }

    @Test func randomBytesNeverTrap() {
        var generator = SplitMix(state: 42)
        var decoded = 0
        for _ in 0..<20_000 {
            let count = Int.random(in: 0..<40, using: &generator)
            // Small numbers make plausible counts and lengths.
            let limit: UInt8 = Bool.random(using: &generator) ? 255 : 4
            let body = (0..<count).map { _ in UInt8.random(in: 0...limit, using: &generator) }
            let type = UInt8.random(in: 0...127, using: &generator)
            if (try? MessageSamples.decodeBackend(type, body)) != nil { decoded += 1 }
            if (try? MessageSamples.decodeFrontend(type, body)) != nil { decoded += 1 }
            if (try? MessageSamples.decodeFrontend(nil, body)) != nil { decoded += 1 }
        }
        #expect(decoded > 0)
    }

    @Test func unknownTypesAreRefused() {
        let known = Set(MessageSamples.backend.compactMap { $0.type.asciiValue })
        for type in UInt8.min...UInt8.max where !known.contains(type) {
            #expect(throws: WireError.invalidValue) { try MessageSamples.decodeBackend(type, []) }
        }
        let fromClient = Set(MessageSamples.frontend.compactMap { $0.type?.asciiValue })
        for type in UInt8.min...UInt8.max where !fromClient.contains(type) {
            #expect(throws: WireError.invalidValue) { try MessageSamples.decodeFrontend(type, []) }
        }
    }

    // CVE-2026-32286: only -1 is NULL, and no length may point outside the row.
    @Test(arguments: [Int32(-2), .min, .max, 5, 3, 1 << 16])
    func fieldLengthsOfRowsAreChecked(length: Int32) {
        var writer = WireWriter()
        writer.write(count: 1)
        writer.write(length)
        writer.write(bytes: [1, 2, 3, 4])
        let body = writer.bytes
        #expect(throws: WireError.self) { try Backend.DataRow.decode(body: body) }
        #expect(throws: WireError.self) { try Frontend.Bind.decode(body: [0, 0, 0, 0] + body + [0, 0]) }
        #expect(throws: WireError.self) { try Backend.FunctionCallResponse.decode(body: Array(body.dropFirst(2))) }
    }

    @Test(arguments: [Int32(-2), -65_536, .min])
    func onlyMinusOneIsNull(length: Int32) {
        var writer = WireWriter()
        writer.write(length)
        let value = writer.bytes
        #expect(throws: WireError.invalidLength) { try Backend.DataRow.decode(body: [0, 1] + value) }
        #expect(throws: WireError.invalidLength) {
            try Frontend.Bind.decode(body: [0, 0, 0, 0, 0, 1] + value + [0, 0])
        }
        #expect(throws: WireError.invalidLength) { try Backend.FunctionCallResponse.decode(body: value) }
        #expect(throws: WireError.invalidLength) { try Frontend.SASLInitialResponse.decode(body: [88, 0] + value) }
    }

    @Test func countsAreCheckedAgainstWhatRemains() {
        #expect(throws: WireError.invalidLength) { try Backend.DataRow.decode(body: [255, 255, 0, 0, 0, 0]) }
        #expect(throws: WireError.invalidLength) {
            try Backend.RowDescription.decode(body: [0, 2] + [UInt8](repeating: 0, count: 37))
        }
        #expect(throws: WireError.invalidLength) {
            try Backend.ParameterDescription.decode(body: [0, 2, 0, 0, 0, 0, 0])
        }
        #expect(throws: WireError.invalidLength) { try Backend.CopyInResponse.decode(body: [0, 255, 255, 0, 0]) }
        #expect(throws: WireError.invalidLength) { try Frontend.Parse.decode(body: [0, 0, 0, 2, 0, 0, 0, 0]) }
        for count: [UInt8] in [[127, 255, 255, 255], [255, 255, 255, 255], [128, 0, 0, 0], [0, 0, 0, 2]] {
            #expect(throws: WireError.invalidLength) {
                try Backend.NegotiateProtocolVersion.decode(body: [0, 3, 0, 0] + count + [0])
            }
        }
    }

    @Test func formatsOtherThanTextAndBinaryAreRefused() {
        #expect(throws: WireError.invalidValue) {
            try Backend.RowDescription.decode(body: [0, 1] + MessageSamples.columnBytes.dropLast() + [2])
        }
        #expect(throws: WireError.invalidValue) { try Backend.CopyInResponse.decode(body: [2, 0, 0]) }
        #expect(throws: WireError.invalidValue) { try Backend.CopyOutResponse.decode(body: [0, 0, 1, 255, 255]) }
        #expect(throws: WireError.invalidValue) { try Frontend.Bind.decode(body: [0, 0, 0, 1, 0, 2, 0, 0, 0, 0]) }
        #expect(throws: WireError.invalidValue) {
            try Frontend.FunctionCall.decode(body: [0, 0, 0, 1, 0, 0, 0, 0, 0, 2])
        }
    }

    @Test func fieldsOutsideTheirDefinitionAreRefused() {
        for code: UInt8 in [1, 4, 13, 255] {
            #expect(throws: WireError.invalidValue) { try Backend.Authentication.decode(body: [0, 0, 0, code]) }
        }
        #expect(throws: WireError.truncated) {
            try Backend.Authentication.decode(body: [0, 0, 0, 10] + Array("X\0".utf8))
        }
        #expect(throws: WireError.truncated) { try Backend.Authentication.decode(body: [0, 0, 0, 5, 1, 2, 3]) }
        #expect(throws: WireError.trailingBytes) {
            try Backend.Authentication.decode(body: [0, 0, 0, 5, 1, 2, 3, 4, 5])
        }
        #expect(throws: WireError.invalidLength) { try Backend.BackendKeyData.decode(body: [0, 0, 0, 1, 1, 2, 3]) }
        #expect(throws: WireError.invalidLength) {
            try Backend.BackendKeyData.decode(body: [0, 0, 0, 1] + [UInt8](repeating: 0, count: 257))
        }
        #expect(throws: WireError.invalidLength) {
            try Frontend.CancelRequest.decode(body: [4, 210, 22, 46, 0, 0, 0, 1, 1, 2, 3])
        }
        #expect(throws: WireError.invalidValue) { try Backend.ReadyForQuery.decode(body: [88]) }
        #expect(throws: WireError.invalidValue) { try Frontend.Describe.decode(body: [88, 0]) }
        #expect(throws: WireError.invalidValue) { try Frontend.SSLRequest.decode(body: [0, 3, 0, 0]) }
        #expect(throws: WireError.truncated) { try Frontend.PasswordMessage.decode(body: [97]) }
        #expect(throws: WireError.truncated) { try Frontend.PasswordMessage.decode(body: []) }
        #expect(throws: WireError.invalidLength) {
            try Frontend.StartupMessage.decode(body: [0, 3, 0, 0] + [UInt8](repeating: 97, count: 9_996) + [0])
        }
    }

    private struct SplitMix: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var mixed = state
            mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
            mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
            return mixed ^ mixed >> 31
        }
    }
}
