/// How a value of one of the commonest types is read without a call: its bits need no more than the order of the host.
///
/// What is of another length than its type says, or no such type, is read by the type itself, which says what is wrong.
enum TupleValueWay: UInt8 {
    case word16, word32, word64
    /// Two words of eight bytes.
    case uuid
    case bool
    /// An `int2` or `int4` as an integer of eight bytes.
    case word16AsWord64, word32AsWord64
    /// A `text` as a `String`; of any length.
    case text
    case other

    /// The length that a value has, in bytes; -1 where it may have any.
    var length: Int32 {
        switch self {
        case .bool: 1
        case .word16, .word16AsWord64: 2
        case .word32, .word32AsWord64: 4
        case .word64: 8
        case .uuid: 16
        case .text, .other: -1
        }
    }

    /// How values of a column are read as such a type, and whether that is an optional one.
    static func way(_ type: any PostgresDecodable.Type, _ column: ColumnType) -> (TupleValueWay, isOptional: Bool) {
        func way<Value>(_ value: Value.Type, _ way: TupleValueWay) -> (TupleValueWay, isOptional: Bool)? {
            if type == value { return (way, false) }
            return type == Value?.self ? (way, true) : nil
        }
        let found: (TupleValueWay, isOptional: Bool)? =
            switch (column.type, column.format) {
            case (.int2, .binary):
                way(Int16.self, .word16) ?? way(Int64.self, .word16AsWord64) ?? wide(type, .word16AsWord64)
            case (.int4, .binary):
                way(Int32.self, .word32) ?? way(Int64.self, .word32AsWord64) ?? wide(type, .word32AsWord64)
            case (.int8, .binary): way(Int64.self, .word64) ?? wide(type, .word64)
            case (.float4, .binary): way(Float.self, .word32)
            case (.float8, .binary): way(Double.self, .word64)
            case (.bool, .binary): way(Bool.self, .bool)
            case (.uuid, .binary): way(PostgresUUID.self, .uuid)
            case (.timestamp, .binary): way(PostgresTimestamp.self, .word64)
            case (.timestamptz, .binary): way(PostgresTimestampWithTimeZone.self, .word64)
            case (.text, _), (.varchar, _): way(String.self, .text)
            default: nil
            }
        return found ?? (.other, false)
    }

    /// An `Int`, where that has eight bytes.
    private static func wide(
        _ type: any PostgresDecodable.Type, _ way: TupleValueWay
    ) -> (TupleValueWay, isOptional: Bool)? {
        guard MemoryLayout<Int>.size == 8 else { return nil }
        return type == Int.self ? (way, false) : type == Int?.self ? (way, true) : nil
    }

    /// Reads a value of ``length`` bytes at `source` to where it shall stay.
    @inline(__always)
    @unsafe
    func read(
        _ source: UnsafeRawPointer, to memory: UnsafeMutableRawPointer, isOptional: Bool
    ) throws(WireError) {
        switch self {
        case .word16: unsafe TupleValueWay.store(TupleValueWay.load(source) as UInt16, memory, isOptional)
        case .word32: unsafe TupleValueWay.store(TupleValueWay.load(source) as UInt32, memory, isOptional)
        case .word64: unsafe TupleValueWay.store(TupleValueWay.load(source) as UInt64, memory, isOptional)
        case .word16AsWord64:
            unsafe TupleValueWay.store(Int64(TupleValueWay.load(source) as Int16), memory, isOptional)
        case .word32AsWord64:
            unsafe TupleValueWay.store(Int64(TupleValueWay.load(source) as Int32), memory, isOptional)
        case .uuid:
            let id = unsafe PostgresUUID(high: TupleValueWay.load(source), low: TupleValueWay.load(source + 8))
            unsafe TupleValueWay.store(id, memory, isOptional)
        case .bool:
            let byte = unsafe TupleValueWay.load(source) as UInt8
            guard byte <= 1 else { throw .invalidValue }
            unsafe TupleValueWay.store(byte == 1, memory, isOptional)
        case .text, .other: throw .typeMismatch
        }
    }

    @inline(__always)
    @unsafe
    private static func load<Word: FixedWidthInteger & BitwiseCopyable>(_ source: UnsafeRawPointer) -> Word {
        unsafe Word(bigEndian: source.loadUnaligned(as: Word.self))
    }

    @inline(__always)
    @unsafe
    private static func store<Value>(_ value: Value, _ memory: UnsafeMutableRawPointer, _ isOptional: Bool) {
        if isOptional {
            unsafe memory.initializeMemory(as: Value?.self, to: value)
        } else {
            unsafe memory.initializeMemory(as: Value.self, to: value)
        }
    }
}
