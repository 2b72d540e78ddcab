import PostgresWire
import Testing

/// The properties that the targets check can fail.
@Suite(.ownThread) struct PropertyTests {
    /// Reads any byte as itself, and sends another.
    private struct Forgetful: PostgresEncodable, PostgresDecodable, Equatable {
        let byte: UInt8
        var postgresType: PostgresOID { .char }
        var postgresFormat: PostgresFormat { .binary }

        static func canDecode(_ type: PostgresOID, format: PostgresFormat) -> Bool { true }

        init(from reader: inout WireReader, type: PostgresOID, format: PostgresFormat) throws(WireError) {
            byte = try reader.readUInt8()
        }

        func encode(into writer: inout WireWriter) {
            if byte == 2 { writer.fail(.outOfRange) }
            writer.write(byte & 0xFE)
        }
    }

    @Test func aValueThatChangesIsNoticed() throws {
        #expect(try Codec.check(Forgetful.self, [4], .char, .binary)?.byte == 4)
        #expect(throws: FuzzFailure.self) { try Codec.check(Forgetful.self, [5], .char, .binary) }
    }

    @Test func aValueThatCannotBeSentIsNoticed() throws {
        #expect(throws: FuzzFailure.self) { try Codec.check(Forgetful.self, [2], .char, .binary) }
        #expect(try Codec.check(Forgetful.self, [2], .char, .binary, mayRefuse: [.outOfRange])?.byte == 2)
    }

    @Test func bytesLeftOverAreNoValue() throws {
        #expect(try Codec.check(Forgetful.self, [4, 4], .char, .binary) == nil)
        #expect(try Codec.check(Forgetful.self, [], .char, .binary) == nil)
    }

    @Test func messagesAreCutAndLengthsChecked() throws {
        let bytes = Frames.bytes(.readyForQuery(.init(.idle)), .parseComplete) + [UInt8(ascii: "Z"), 0, 0, 0]
        let types = try WireReader.read(bytes) { (reader) throws(WireError) -> [UInt8] in
            var types: [UInt8] = []
            while let frame = try Frames.next(in: &reader, duringStartup: false) { types.append(frame.type) }
            return types
        }
        #expect(types == [UInt8](text: "Z1"))
        #expect(throws: WireError.invalidLength) {
            try WireReader.read([UInt8(ascii: "Z"), 0, 0, 0, 3]) { (reader) throws(WireError) in
                _ = try Frames.next(in: &reader, duringStartup: false)
            }
        }
    }
}
