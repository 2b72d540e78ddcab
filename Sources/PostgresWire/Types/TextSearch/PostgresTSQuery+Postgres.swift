extension PostgresTSQuery: PostgresArrayEncodable, PostgresArrayDecodable {
    private enum Code {
        static let operand: UInt8 = 1
        static let `operator`: UInt8 = 2
        static let not: UInt8 = 1
        static let and: UInt8 = 2
        static let or: UInt8 = 3
        static let phrase: UInt8 = 4
    }

    public static var arrayType: PostgresOID { .tsqueryArray }
    public var postgresType: PostgresOID { .tsquery }
    // The server does not take back an empty query in binary, which it sends itself. In text it regroups operators.
    public static func arrayFormat(of elements: [PostgresTSQuery]) -> PostgresFormat {
        elements.contains(where: \.isEmpty) ? .text : .binary
    }

    public var postgresFormat: PostgresFormat { isEmpty ? .text : .binary }

    public func encode(into writer: inout WireWriter) {
        if isEmpty { return }
        guard let count = Int32(exactly: items.count) else { return writer.fail(.tooLarge) }
        writer.write(count)
        for item in items {
            if case .operand(let operand) = item {
                writer.write(Code.operand)
                writer.write(operand.weights.reduce(0 as UInt8) { $0 | 1 << UInt8(truncatingIfNeeded: $1.rawValue) })
                writer.write(operand.isPrefix ? 1 : 0 as UInt8)
                writer.writeCString(operand.text)
                continue
            }
            writer.write(Code.operator)
            switch item {
            case .operand: break
            case .not: writer.write(Code.not)
            case .and: writer.write(Code.and)
            case .or: writer.write(Code.or)
            case .phrase(let distance):
                writer.write(Code.phrase)
                writer.write(distance)
            }
        }
    }

    public static func canDecode(_ type: PostgresOID, format: PostgresFormat) -> Bool { type == .tsquery }

    public init(from reader: inout WireReader, type: PostgresOID, format: PostgresFormat) throws(WireError) {
        guard type == .tsquery else { throw .typeMismatch }
        guard format == .binary else {
            self = try Self.decodeText(&reader)
            return
        }
        let count = try reader.readInt32()
        // The least an item takes is its kind and its operator.
        guard count >= 0 else { throw .invalidLength }
        guard Int(count) <= reader.remaining / 2 else { throw .truncated }
        var items: [Item] = []
        items.reserveCapacity(Int(count))
        // How many operands are still to come.
        var missing = count == 0 ? 0 : 1
        for _ in 0..<count {
            guard missing > 0 else { throw .invalidValue }
            let item = try Self.decodeItem(&reader)
            missing += item.operandCount - 1
            items.append(item)
        }
        guard missing == 0 else { throw .invalidValue }
        try reader.expectEnd()
        self.init(items: items)
    }

    private static func decodeItem(_ reader: inout WireReader) throws(WireError) -> Item {
        switch try reader.readUInt8() {
        case Code.operand:
            let bits = try reader.readUInt8()
            let prefix = try reader.readUInt8()
            guard bits <= 15, prefix <= 1 else { throw .invalidValue }
            let weights = PostgresTSVector.Weight.allCases.filter {
                bits & 1 << UInt8(truncatingIfNeeded: $0.rawValue) != 0
            }
            let text = try reader.readValidCString()
            return .operand(Operand(text, weights: Set(weights), isPrefix: prefix == 1))
        case Code.operator:
            switch try reader.readUInt8() {
            case Code.not: return .not
            case Code.and: return .and
            case Code.or: return .or
            case Code.phrase: return .phrase(try reader.readUInt16())
            default: throw .invalidValue
            }
        default: throw .invalidValue
        }
    }
}
