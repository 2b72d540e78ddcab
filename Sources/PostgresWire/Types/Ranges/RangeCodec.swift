/// Reads and writes ranges and multiranges.
///
/// Source: PostgreSQL, `src/backend/utils/adt/rangetypes.c` and `multirangetypes.c`.
enum RangeCodec {
    private enum Flag {
        static let empty: UInt8 = 0x01
        static let lowerInclusive: UInt8 = 0x02
        static let upperInclusive: UInt8 = 0x04
        static let lowerUnbounded: UInt8 = 0x08
        static let upperUnbounded: UInt8 = 0x10
    }

    /// Reads a range; `bound` reads a bound from a reader over its bytes.
    static func decode<Bound>(
        from reader: inout WireReader, format: PostgresFormat,
        _ bound: (inout WireReader) throws(WireError) -> Bound
    ) throws(WireError) -> PostgresRange<Bound> {
        switch format {
        case .binary: return try decodeBinary(from: &reader, bound)
        case .text:
            var scanner = PostgresTextCursor(&reader)
            let range = try decodeText(&scanner, in: reader, bound)
            try scanner.expectEnd()
            return range
        }
    }

    /// Reads a multirange.
    static func decodeMany<Bound>(
        from reader: inout WireReader, format: PostgresFormat,
        _ bound: (inout WireReader) throws(WireError) -> Bound
    ) throws(WireError) -> PostgresMultirange<Bound> {
        var ranges: [PostgresRange<Bound>] = []
        switch format {
        case .binary:
            let count = try reader.readInt32()
            // The least a range takes is its length and its flags.
            guard count >= 0 else { throw .invalidLength }
            guard Int(count) <= reader.remaining / 5 else { throw .truncated }
            ranges.reserveCapacity(Int(count))
            for _ in 0..<count {
                let length = try reader.readInt32()
                guard length >= 0 else { throw .invalidLength }
                let range = try reader.readNested(Int(length)) { (nested) throws(WireError) -> PostgresRange<Bound> in
                    try decodeBinary(from: &nested, bound)
                }
                ranges.append(range)
            }
        case .text:
            var scanner = PostgresTextCursor(&reader)
            try scanner.expect(UInt8(ascii: "{"))
            if !scanner.accept(UInt8(ascii: "}")) {
                repeat {
                    ranges.append(try decodeText(&scanner, in: reader, bound))
                } while scanner.accept(UInt8(ascii: ","))
                try scanner.expect(UInt8(ascii: "}"))
            }
            try scanner.expectEnd()
        }
        return PostgresMultirange(ranges)
    }

    private static func decodeBinary<Bound>(
        from reader: inout WireReader, _ bound: (inout WireReader) throws(WireError) -> Bound
    ) throws(WireError) -> PostgresRange<Bound> {
        let flags = try reader.readUInt8()
        if flags == Flag.empty { return .empty }
        guard flags & ~0x1E == 0 else { throw .invalidValue }
        let lower = try decodeEndpoint(
            from: &reader, isUnbounded: flags & Flag.lowerUnbounded != 0,
            isInclusive: flags & Flag.lowerInclusive != 0, bound)
        let upper = try decodeEndpoint(
            from: &reader, isUnbounded: flags & Flag.upperUnbounded != 0,
            isInclusive: flags & Flag.upperInclusive != 0, bound)
        return .bounds(lower, upper)
    }

    private static func decodeEndpoint<Bound>(
        from reader: inout WireReader, isUnbounded: Bool, isInclusive: Bool,
        _ bound: (inout WireReader) throws(WireError) -> Bound
    ) throws(WireError) -> PostgresRange<Bound>.Endpoint {
        if isUnbounded {
            guard !isInclusive else { throw .invalidValue }
            return .unbounded
        }
        let length = try reader.readInt32()
        guard length >= 0 else { throw .invalidLength }
        let value = try reader.readNested(Int(length)) { (nested) throws(WireError) -> Bound in try bound(&nested) }
        return isInclusive ? .inclusive(value) : .exclusive(value)
    }

    /// Reads `empty`, or the brackets with what is between them.
    private static func decodeText<Bound>(
        _ scanner: inout PostgresTextCursor, in reader: borrowing WireReader,
        _ bound: (inout WireReader) throws(WireError) -> Bound
    ) throws(WireError) -> PostgresRange<Bound> {
        if scanner.accept("empty") { return .empty }
        let isLowerInclusive = scanner.accept(UInt8(ascii: "["))
        if !isLowerInclusive { try scanner.expect(UInt8(ascii: "(")) }
        let lower = try scanner.readItem(brackets: "()[]")
        try scanner.expect(UInt8(ascii: ","))
        let upper = try scanner.readItem(brackets: "()[]")
        let isUpperInclusive = scanner.accept(UInt8(ascii: "]"))
        if !isUpperInclusive { try scanner.expect(UInt8(ascii: ")")) }
        return .bounds(
            try endpoint(lower, isInclusive: isLowerInclusive, in: reader, bound),
            try endpoint(upper, isInclusive: isUpperInclusive, in: reader, bound))
    }

    private static func endpoint<Bound>(
        _ text: [UInt8]?, isInclusive: Bool, in reader: borrowing WireReader,
        _ bound: (inout WireReader) throws(WireError) -> Bound
    ) throws(WireError) -> PostgresRange<Bound>.Endpoint {
        guard let text else {
            // The server prints these with round brackets only.
            guard !isInclusive else { throw .invalidValue }
            return .unbounded
        }
        let value = try reader.readNested(text) { (nested) throws(WireError) -> Bound in try bound(&nested) }
        return isInclusive ? .inclusive(value) : .exclusive(value)
    }

    /// Writes a range in binary.
    static func encode<Bound: PostgresEncodable>(_ range: PostgresRange<Bound>, into writer: inout WireWriter) {
        guard case .bounds(let lower, let upper) = range else { return writer.write(Flag.empty) }
        var flags: UInt8 = 0
        switch lower {
        case .unbounded: flags |= Flag.lowerUnbounded
        case .inclusive: flags |= Flag.lowerInclusive
        case .exclusive: break
        }
        switch upper {
        case .unbounded: flags |= Flag.upperUnbounded
        case .inclusive: flags |= Flag.upperInclusive
        case .exclusive: break
        }
        writer.write(flags)
        for value in [lower.value, upper.value] {
            if let value { writer.lengthPrefixed { value.encode(into: &$0) } }
        }
    }

    /// Writes a multirange in binary.
    static func encode<Bound: PostgresEncodable>(
        _ multirange: PostgresMultirange<Bound>, into writer: inout WireWriter
    ) {
        writer.write(Int32(truncatingIfNeeded: multirange.ranges.count))
        for range in multirange.ranges { writer.lengthPrefixed { encode(range, into: &$0) } }
    }

    /// Writes a range as text.
    static func encodeText<Bound: PostgresEncodable>(_ range: PostgresRange<Bound>, into writer: inout WireWriter) {
        guard case .bounds(let lower, let upper) = range else { return writer.write(utf8: "empty") }
        writer.write(lower.isInclusive ? UInt8(ascii: "[") : UInt8(ascii: "("))
        encodeText(lower.value, into: &writer)
        writer.write(UInt8(ascii: ","))
        encodeText(upper.value, into: &writer)
        writer.write(upper.isInclusive ? UInt8(ascii: "]") : UInt8(ascii: ")"))
    }

    private static func encodeText<Bound: PostgresEncodable>(_ bound: Bound?, into writer: inout WireWriter) {
        guard let bound else { return }
        var scratch = WireWriter()
        TextForm.write(bound, into: &scratch)
        if let failure = scratch.failure { writer.fail(failure) }
        if needsQuotes(scratch.bytes) {
            writer.write(quoted: scratch.bytes, UInt8(ascii: "\""))
        } else {
            writer.write(bytes: scratch.bytes)
        }
    }

    private static func needsQuotes(_ text: [UInt8]) -> Bool {
        text.isEmpty
            || text.contains { byte in
                switch byte {
                case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: "["),
                    UInt8(ascii: "]"), UInt8(ascii: ","):
                    true
                default: isBlank(byte)
                }
            }
    }

    /// Writes a multirange as text.
    static func encodeText<Bound: PostgresEncodable>(
        _ multirange: PostgresMultirange<Bound>, into writer: inout WireWriter
    ) {
        writer.write(UInt8(ascii: "{"))
        for (index, range) in multirange.ranges.enumerated() {
            if index > 0 { writer.write(UInt8(ascii: ",")) }
            encodeText(range, into: &writer)
        }
        writer.write(UInt8(ascii: "}"))
    }
}
