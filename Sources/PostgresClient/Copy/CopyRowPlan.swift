#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// How tuples are written as rows of a binary COPY: for each value where in the tuple it lies, and how it becomes what its
/// column holds.
///
/// Made once for a tuple's type and the columns. What runs for each row is not generic, so that it is equally fast
/// wherever the copy is written; values of the commonest types are stored without any call.
final class CopyRowPlan {
    /// How a value goes.
    private enum Way {
        /// Its bits, in the order of the network.
        case word16, word32, word64
        case bool
        /// A signed integer of so many bytes as one of so many others.
        case integer(from: Int, to: Int)
        /// The bytes of a `String`.
        case text
        /// The same after a version of one byte.
        case versionedText
        /// As its type says.
        case other
    }

    private struct Element {
        /// Where it lies in the tuple, in bytes.
        let offset: Int
        let way: Way
        let isOptional: Bool
        let type: PostgresOID
        let encoder: any PostgresEncodable.Type
    }

    private let elements: [Element]
    private let conversion: CopyConversion
    /// From one tuple to the next, in bytes.
    let stride: Int
    /// What a row takes without its texts, at most.
    private let fixedLength: Int
    private var scratch = WireWriter()

    /// - Throws: ``PostgresError/Code-swift.struct/encodingFailed`` if there are not as many columns as values.
    init<each Value: PostgresEncodable>(
        _ tuple: (repeat each Value).Type, _ target: CopyTarget, row: Int
    ) throws(PostgresError) {
        var elements: [Element] = []
        elements.reserveCapacity(target.count)
        var end = 0
        var length = 2
        func add<Part: PostgresEncodable>(_ type: Part.Type) {
            // Swift lays a tuple's elements out in their order, each at the next place that its alignment allows.
            let alignment = MemoryLayout<Part>.alignment
            let offset = (end + alignment - 1) & ~(alignment - 1)
            end = offset + MemoryLayout<Part>.size
            let column = target.type(of: elements.count)
            let (way, isOptional) = CopyRowPlan.way(type, column)
            length += 4 + CopyRowPlan.width(way)
            elements.append(
                Element(offset: offset, way: way, isOptional: isOptional, type: column, encoder: type))
        }
        repeat add((each Value).self)
        guard elements.count == target.count else { throw target.mismatch(elements.count, row: row) }
        guard end == MemoryLayout<(repeat each Value)>.size else {
            throw PostgresError(.unsupported, "\(tuple) is not laid out in memory as this library expects")
        }
        self.elements = elements
        conversion = target.conversion
        stride = MemoryLayout<(repeat each Value)>.stride
        fixedLength = length
    }

    private static func way(_ type: any PostgresEncodable.Type, _ column: PostgresOID) -> (Way, isOptional: Bool) {
        func integer(_ width: Int, isOptional: Bool) -> (Way, isOptional: Bool) {
            switch (width, column) {
            case (2, .int2): (.word16, isOptional)
            case (4, .int4): (.word32, isOptional)
            case (8, .int8): (.word64, isOptional)
            case (_, .int2): (.integer(from: width, to: 2), isOptional)
            case (_, .int4): (.integer(from: width, to: 4), isOptional)
            case (_, .int8): (.integer(from: width, to: 8), isOptional)
            default: (.other, isOptional)
            }
        }
        let isText = column == .text || column == .varchar || column == .bpchar || column == .json
        if type == String.self || type == String?.self {
            return (isText ? .text : column == .jsonb ? .versionedText : .other, type == String?.self)
        }
        if type == Int.self || type == Int?.self {
            return integer(MemoryLayout<Int>.size, isOptional: type == Int?.self)
        }
        if type == Int64.self || type == Int64?.self { return integer(8, isOptional: type == Int64?.self) }
        if type == Int32.self || type == Int32?.self { return integer(4, isOptional: type == Int32?.self) }
        if type == Int16.self || type == Int16?.self { return integer(2, isOptional: type == Int16?.self) }
        if type == Double.self || type == Double?.self {
            return (column == .float8 ? .word64 : .other, type == Double?.self)
        }
        if type == Float.self || type == Float?.self {
            return (column == .float4 ? .word32 : .other, type == Float?.self)
        }
        if type == Bool.self || type == Bool?.self { return (column == .bool ? .bool : .other, type == Bool?.self) }
        return (.other, false)
    }

    private static func width(_ way: Way) -> Int {
        switch way {
        case .word16: 2
        case .word32: 4
        case .word64: 8
        case .bool, .versionedText: 1
        case .integer(_, let width): width
        case .text, .other: 0
        }
    }

    /// What came of some rows.
    struct Outcome {
        /// How many are written.
        var count = 0
        /// Why the one after them is not; if there is none, it has no room.
        var failure: CopyFailure?
        /// How much room that one needs, at least.
        var needed = 0
    }

    /// Writes tuples that lie one after the other, as many as there is room for.
    @unsafe
    func encode(_ rows: UnsafeRawPointer, count: Int, into buffer: CopyBuffer) -> Outcome {
        unsafe elements.withUnsafeBufferPointer { elements in
            var outcome = Outcome()
            var next = unsafe buffer.next
            let end = unsafe buffer.end
            var row = unsafe rows
            do throws(CopyFailure) {
                while outcome.count < count {
                    var target = unsafe next
                    let needed = unsafe try encode(row, elements, &target, end)
                    guard needed == 0 else {
                        outcome.needed = needed
                        break
                    }
                    unsafe next = target
                    unsafe row += stride
                    outcome.count += 1
                }
            } catch {
                outcome.failure = error
            }
            unsafe buffer.advance(to: next)
            return outcome
        }
    }

    /// Writes tuples that lie one after the other, each as a message, as many as there is room for.
    @unsafe
    func encode(
        _ rows: UnsafeRawPointer, count: Int, in frame: CopyRowFrame, to start: UnsafeMutableRawPointer,
        _ end: UnsafeMutableRawPointer
    ) -> (outcome: Outcome, next: UnsafeMutableRawPointer) {
        unsafe elements.withUnsafeBufferPointer { elements in
            unsafe frame.withParts { prefix, suffix in
                var outcome = Outcome()
                var next = unsafe start
                var row = unsafe rows
                do throws(CopyFailure) {
                    while outcome.count < count {
                        outcome.needed = prefix.count + suffix.count
                        guard unsafe end - next >= outcome.needed, let head = prefix.baseAddress,
                            let tail = suffix.baseAddress
                        else {
                            outcome.needed += fixedLength
                            break
                        }
                        unsafe next.copyMemory(from: head, byteCount: prefix.count)
                        var target = unsafe next + prefix.count
                        let needed = unsafe try encode(row, elements, &target, end - suffix.count)
                        guard needed == 0 else {
                            outcome.needed += needed
                            break
                        }
                        let length = unsafe target - next - 1 + frame.countedSuffix
                        guard length <= Int(Int32.max) else { throw CopyFailure(.tooLarge, column: 0) }
                        unsafe (next + 1).storeBytes(of: UInt32(length).bigEndian, as: UInt32.self)
                        unsafe target.copyMemory(from: tail, byteCount: suffix.count)
                        unsafe next = target + suffix.count
                        unsafe row += stride
                        outcome.count += 1
                    }
                } catch {
                    outcome.failure = error
                }
                return unsafe (outcome, next)
            }
        }
    }

    /// Writes a row; returns how much room it needs if there is not so much.
    @inline(__always)
    @unsafe
    private func encode(
        _ row: UnsafeRawPointer, _ elements: UnsafeBufferPointer<Element>, _ target: inout UnsafeMutableRawPointer,
        _ end: UnsafeMutableRawPointer
    ) throws(CopyFailure) -> Int {
        // Room for everything but the texts, for which what is left over is kept account of.
        var spare = unsafe (end - target) - fixedLength
        guard spare >= 0 else { return fixedLength }
        unsafe store(UInt16(truncatingIfNeeded: elements.count), &target)
        var index = 0
        while index < elements.count {
            let element = unsafe elements[index]
            let value = unsafe row + element.offset
            switch element.way {
            case .word32 where !element.isOptional:
                unsafe storeFour(value.load(as: UInt32.self), &target)
            case .word64 where !element.isOptional:
                unsafe store(8 as UInt32, &target)
                unsafe store(value.load(as: UInt64.self), &target)
            case .word16:
                unsafe storeWord(
                    element.isOptional ? value.load(as: UInt16?.self) : value.load(as: UInt16.self), &target)
            case .word32: unsafe storeWord(value.load(as: UInt32?.self), &target)
            case .word64: unsafe storeWord(value.load(as: UInt64?.self), &target)
            case .bool:
                let bool = unsafe element.isOptional ? value.load(as: Bool?.self) : value.load(as: Bool.self)
                unsafe storeWord(bool.map { $0 ? 1 as UInt8 : 0 }, &target)
            case .integer(let source, let width):
                let integer = unsafe load(value, source, isOptional: element.isOptional)
                guard unsafe store(integer, width, &target) else { throw CopyFailure(.outOfRange, column: index) }
            case .text, .versionedText:
                var isVersioned: Bool { if case .versionedText = element.way { true } else { false } }
                let version = isVersioned ? 1 : 0
                if element.isOptional, unsafe value.assumingMemoryBound(to: String?.self).pointee == nil {
                    unsafe store(UInt32.max, &target)
                    break
                }
                let outcome: Int? = unsafe withText(value) { text in
                    guard text.count <= spare else { return text.count }
                    guard let start = text.baseAddress, text.count > 0 else {
                        unsafe storeHead(version, 0, &target)
                        return 0
                    }
                    if text.count >= 8, text.count <= 16 {
                        // Most texts are short: their first and their last eight bytes, which may overlap.
                        let first = unsafe UnsafeRawPointer(start).loadUnaligned(as: UInt64.self)
                        let last = unsafe UnsafeRawPointer(start + (text.count - 8)).loadUnaligned(as: UInt64.self)
                        guard !hasNUL(first), !hasNUL(last) else { return nil }
                        unsafe storeHead(version, text.count, &target)
                        unsafe target.storeBytes(of: first, as: UInt64.self)
                        unsafe (target + (text.count - 8)).storeBytes(of: last, as: UInt64.self)
                        unsafe target += text.count
                        return 0
                    }
                    guard unsafe !hasNUL(text), text.count < Int(Int32.max) else { return nil }
                    unsafe storeHead(version, text.count, &target)
                    unsafe target.copyMemory(from: start, byteCount: text.count)
                    unsafe target += text.count
                    return 0
                }
                guard let needed = outcome else { throw CopyFailure(.embeddedNUL, column: index) }
                guard needed == 0 else { return fixedLength + needed }
                spare = unsafe (end - target) - fixedLength
            case .other:
                scratch.removeAll(keepingUpTo: 64 * 1024)
                do throws(WireError) {
                    guard unsafe try CopyRowPlan.encode(element.encoder, value, element.type, conversion, &scratch)
                    else {
                        unsafe store(UInt32.max, &target)
                        break
                    }
                } catch {
                    throw CopyFailure(error, column: index)
                }
                guard scratch.count <= spare else { return fixedLength + scratch.count }
                unsafe store(UInt32(truncatingIfNeeded: scratch.count), &target)
                unsafe scratch.withUnsafeBytes { bytes in
                    guard let start = bytes.baseAddress, bytes.count > 0 else { return }
                    unsafe target.copyMemory(from: start, byteCount: bytes.count)
                    unsafe target += bytes.count
                }
                spare = unsafe (end - target) - fixedLength
            }
            index += 1
        }
        return 0
    }

    /// Whether one of eight bytes is NUL.
    @inline(__always)
    private func hasNUL(_ word: UInt64) -> Bool {
        // The classic test: a byte that borrows although its highest bit is clear is zero.
        (word &- 0x0101_0101_0101_0101) & ~word & 0x8080_8080_8080_8080 != 0
    }

    /// Whether there is a NUL among the bytes; of short texts, which most are, eight at a time and without a call.
    @inline(__always)
    @unsafe
    private func hasNUL(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        guard let start = unsafe UnsafeRawPointer(text.baseAddress) else { return false }
        guard text.count <= 64 else { return unsafe memchr(start, 0, text.count) != nil }
        var offset = 0
        while offset + 8 <= text.count {
            if unsafe hasNUL((start + offset).loadUnaligned(as: UInt64.self)) { return true }
            offset += 8
        }
        while offset < text.count {
            if unsafe text[offset] == 0 { return true }
            offset += 1
        }
        return false
    }

    @inline(__always)
    @unsafe
    private func withText<Result>(
        _ value: UnsafeRawPointer, _ body: (UnsafeBufferPointer<UInt8>) -> Result
    ) -> Result {
        let text = unsafe value.assumingMemoryBound(to: String.self)
        if let result = unsafe text.pointee.utf8.withContiguousStorageIfAvailable({ unsafe body($0) }) { return result }
        var copy = unsafe text.pointee
        return copy.withUTF8 { unsafe body($0) }
    }

    @inline(__always)
    @unsafe
    private func store<Word: FixedWidthInteger & BitwiseCopyable>(
        _ word: Word, _ target: inout UnsafeMutableRawPointer
    ) {
        unsafe target.storeBytes(of: word.bigEndian, as: Word.self)
        unsafe target += MemoryLayout<Word>.size
    }

    /// A value's length and bits in one piece.
    @inline(__always)
    @unsafe
    private func storeFour(_ word: UInt32, _ target: inout UnsafeMutableRawPointer) {
        unsafe store(4 << 32 | UInt64(word), &target)
    }

    /// A value's length and bits, or NULL.
    @inline(__always)
    @unsafe
    private func storeWord<Word: FixedWidthInteger & BitwiseCopyable>(
        _ word: Word?, _ target: inout UnsafeMutableRawPointer
    ) {
        guard let word else { return unsafe store(UInt32.max, &target) }
        unsafe store(UInt32(MemoryLayout<Word>.size), &target)
        unsafe store(word, &target)
    }

    /// A text's length, and its version if it has one.
    @inline(__always)
    @unsafe
    private func storeHead(_ version: Int, _ count: Int, _ target: inout UnsafeMutableRawPointer) {
        unsafe store(UInt32(truncatingIfNeeded: count + version), &target)
        if version > 0 { unsafe store(UInt8(1), &target) }
    }

    @inline(__always)
    @unsafe
    private func load(_ value: UnsafeRawPointer, _ width: Int, isOptional: Bool) -> Int64? {
        switch width {
        case 2: unsafe (isOptional ? value.load(as: Int16?.self) : value.load(as: Int16.self)).map(Int64.init)
        case 4: unsafe (isOptional ? value.load(as: Int32?.self) : value.load(as: Int32.self)).map(Int64.init)
        default: unsafe isOptional ? value.load(as: Int64?.self) : value.load(as: Int64.self)
        }
    }

    /// Writes an integer in so many bytes; false if it does not fit.
    @inline(__always)
    @unsafe
    private func store(_ integer: Int64?, _ width: Int, _ target: inout UnsafeMutableRawPointer) -> Bool {
        guard let integer else {
            unsafe store(UInt32.max, &target)
            return true
        }
        switch width {
        case 2:
            guard let word = Int16(exactly: integer) else { return false }
            unsafe storeWord(word, &target)
        case 4:
            guard let word = Int32(exactly: integer) else { return false }
            unsafe storeWord(word, &target)
        default:
            unsafe storeWord(integer, &target)
        }
        return true
    }

    /// Writes a value without its length; false for NULL.
    @unsafe
    private static func encode<Value: PostgresEncodable>(
        _ type: Value.Type, _ memory: UnsafeRawPointer, _ column: PostgresOID, _ conversion: CopyConversion,
        _ scratch: inout WireWriter
    ) throws(WireError) -> Bool {
        let value = unsafe memory.assumingMemoryBound(to: type).pointee
        guard !value.isNull else { return false }
        try conversion.encode(value, as: column, into: &scratch)
        guard scratch.count < Int(Int32.max) else { throw .tooLarge }
        return true
    }

    /// Whether a value is a `String`, or an optional one.
    func isText(_ column: Int) -> Bool {
        guard elements.indices.contains(column) else { return false }
        return elements[column].encoder == String.self || elements[column].encoder == String?.self
    }

    /// Whether no value needs more than to be stored.
    var isSimple: Bool {
        elements.allSatisfy { if case .other = $0.way { false } else { true } }
    }

    /// The Swift type of a value, for errors.
    func type(of column: Int) -> Any.Type {
        elements.indices.contains(column) ? elements[column].encoder : Never.self
    }
}
