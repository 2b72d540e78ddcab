import PostgresWire

/// One message as it stands in a stream: its type and its body.
struct Frame {
    let type: UInt8
    let body: [UInt8]
}

/// Cuts a stream into messages by the rules that the connection has for their lengths.
enum Frames {
    /// The next message; nil where the stream ends within one.
    static func next(
        in reader: inout WireReader, duringStartup: Bool
    ) throws(WireError) -> Frame? {
        guard reader.remaining >= 1 + MessageLimits.minimumLength else { return nil }
        let type = try reader.readUInt8()
        let length = Int(try reader.readInt32())
        guard length >= MessageLimits.minimumLength,
            length <= MessageLimits.maximumLength(of: type, duringStartup: duringStartup)
        else { throw .invalidLength }
        guard reader.remaining >= length - 4 else { return nil }
        return Frame(type: type, body: try reader.readBytes(length - 4))
    }

    static func decode(_ frame: Frame) throws(WireError) -> BackendMessage {
        try WireReader.read(frame.body) { (reader) throws(WireError) -> BackendMessage in
            try BackendMessage.decode(type: frame.type, body: &reader)
        }
    }

    /// The bytes of messages one after the other.
    static func bytes(_ messages: BackendMessage...) -> [UInt8] {
        var writer = WireWriter()
        for message in messages { message.encode(into: &writer) }
        return writer.bytes
    }

    /// A message of any type and body.
    static func bytes(_ type: Character, _ body: [UInt8]) -> [UInt8] {
        var writer = WireWriter()
        writer.message(type.asciiValue ?? 0) { $0.write(bytes: body) }
        return writer.bytes
    }

    /// Types with the shortest length that their bodies may have, and words of the messages.
    static let dictionary: [[UInt8]] =
        "RKSNEATtDCI123nsGHWdcVvZ".utf8.map { [$0, 0, 0, 0, 4] }
        + [
            [UInt8(ascii: "Z"), 0, 0, 0, 5, UInt8(ascii: "I")], [UInt8(ascii: "R"), 0, 0, 0, 8, 0, 0, 0, 0],
            [UInt8(ascii: "R"), 0, 0, 0, 12, 0, 0, 0, 5], [UInt8(ascii: "R"), 0, 0, 0, 23, 0, 0, 0, 10],
            [255, 255, 255, 255], [0x7F, 255, 255, 255], [0x3F, 255, 255, 255], [0, 0, 0, 0], [0, 1], [255, 255],
        ]
        + ["client_encoding\0UTF8\0", "integer_datetimes\0on\0", "crdb_version\0v25.1\0", "SELECT 1\0", "INSERT 0 1\0"]
        .map { [UInt8](text: $0) }
}
