/// Reads big-endian fields from received bytes, checking every bound.
///
/// The only code that turns offsets in received bytes into values: everything that a server sent is read
/// through it, and nothing it does can trap. It cannot be copied, so it cannot outlive the bytes it was lent.
///
/// ```swift
/// let number = try WireReader.read([0, 0, 0, 42]) { reader throws(WireError) in try reader.readInt32() }
/// ```
///
/// Source: PostgreSQL manual, "Message Data Types".
@safe
public struct WireReader: ~Copyable {
    @usableFromInline var cursor: UnsafeRawPointer
    @usableFromInline var end: UnsafeRawPointer
    /// How many values the one that is read is nested in.
    @usableFromInline var depth: UInt8 = 0

    /// How many values a value may be nested in: what keeps the stack bounded, whatever the bytes say.
    @usableFromInline static var maximumDepth: UInt8 { 64 }

    /// Lends `buffer` to a new reader; the caller keeps the bytes alive and unchanged for as long as the reader is used.
    @unsafe
    @inlinable
    package init(_ buffer: UnsafeRawBufferPointer) {
        if let base = buffer.baseAddress {
            unsafe cursor = base
            unsafe end = base + buffer.count
        } else {
            // An empty buffer may have no address; any non-null one will do, since nothing is ever loaded from it.
            let nowhere = UInt(bitPattern: MemoryLayout<UInt64>.alignment)
            unsafe cursor = UnsafeRawPointer(bitPattern: nowhere).unsafelyUnwrapped
            unsafe end = cursor
        }
    }

    @unsafe
    @inlinable
    package init(from cursor: UnsafeRawPointer, to end: UnsafeRawPointer) {
        unsafe self.cursor = cursor
        unsafe self.end = end
    }

    /// Runs `body` with a reader over `bytes`.
    @inlinable
    public static func read<Result, Failure: Error>(
        _ bytes: [UInt8], _ body: (inout WireReader) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try unsafe bytes.withUnsafeBufferPointer { (buffer) throws(Failure) -> Result in
            var reader = unsafe WireReader(UnsafeRawBufferPointer(buffer))
            return try body(&reader)
        }
    }

    /// The number of bytes not read yet.
    @inlinable
    public var remaining: Int { unsafe end - cursor }

    /// Where the next byte is, for code of this package that copies in bulk.
    @unsafe
    @inlinable
    package var pointer: UnsafeRawPointer { unsafe cursor }

    @inlinable
    @inline(__always)
    mutating func load<Value: FixedWidthInteger & BitwiseCopyable>(_ type: Value.Type) throws(WireError) -> Value {
        guard remaining >= MemoryLayout<Value>.size else { throw .truncated }
        let value = unsafe cursor.loadUnaligned(as: Value.self)
        unsafe cursor += MemoryLayout<Value>.size
        return Value(bigEndian: value)
    }

    /// Reads one byte.
    @inlinable
    @inline(__always)
    public mutating func readUInt8() throws(WireError) -> UInt8 { try load(UInt8.self) }
    /// Reads two bytes as a signed number.
    @inlinable
    @inline(__always)
    public mutating func readInt16() throws(WireError) -> Int16 { try load(Int16.self) }
    /// Reads two bytes as an unsigned number.
    @inlinable
    @inline(__always)
    public mutating func readUInt16() throws(WireError) -> UInt16 { try load(UInt16.self) }
    /// Reads four bytes as a signed number.
    @inlinable
    @inline(__always)
    public mutating func readInt32() throws(WireError) -> Int32 { try load(Int32.self) }
    /// Reads four bytes as an unsigned number.
    @inlinable
    @inline(__always)
    public mutating func readUInt32() throws(WireError) -> UInt32 { try load(UInt32.self) }
    /// Reads eight bytes as a signed number.
    @inlinable
    @inline(__always)
    public mutating func readInt64() throws(WireError) -> Int64 { try load(Int64.self) }
    /// Reads eight bytes as an unsigned number.
    @inlinable
    @inline(__always)
    public mutating func readUInt64() throws(WireError) -> UInt64 { try load(UInt64.self) }
    /// Reads an IEEE 754 single.
    @inlinable
    @inline(__always)
    public mutating func readFloat() throws(WireError) -> Float { Float(bitPattern: try load(UInt32.self)) }
    /// Reads an IEEE 754 double.
    @inlinable
    @inline(__always)
    public mutating func readDouble() throws(WireError) -> Double { Double(bitPattern: try load(UInt64.self)) }

    /// Reads an object identifier.
    @inlinable
    @inline(__always)
    public mutating func readOID() throws(WireError) -> PostgresOID { PostgresOID(rawValue: try load(UInt32.self)) }

    /// Passes over `count` bytes and says where they lie.
    @unsafe
    @inlinable
    @inline(__always)
    package mutating func take(_ count: Int) throws(WireError) -> UnsafeRawPointer {
        guard count >= 0, count <= remaining else { throw .truncated }
        let start = unsafe cursor
        unsafe cursor += count
        return unsafe start
    }

    /// Passes over `count` bytes.
    @inlinable
    public mutating func skip(_ count: Int) throws(WireError) {
        guard count >= 0, count <= remaining else { throw .truncated }
        unsafe cursor += count
    }

    /// Reads `count` bytes into an array of their own.
    @inlinable
    @inline(__always)
    public mutating func readBytes(_ count: Int) throws(WireError) -> [UInt8] {
        guard count >= 0, count <= remaining else { throw .truncated }
        let bytes = unsafe [UInt8](UnsafeRawBufferPointer(start: cursor, count: count))
        unsafe cursor += count
        return bytes
    }

    /// Reads everything that is left.
    @inlinable
    @inline(__always)
    public mutating func readRemainingBytes() -> [UInt8] {
        let bytes = unsafe [UInt8](UnsafeRawBufferPointer(start: cursor, count: remaining))
        unsafe cursor = end
        return bytes
    }

    /// Reads `count` bytes as text.
    ///
    /// - Throws: ``WireError/invalidUTF8`` if they are not UTF-8: a value is never silently repaired.
    @inlinable
    @inline(__always)
    public mutating func readString(_ count: Int) throws(WireError) -> String {
        guard count >= 0, count <= remaining else { throw .truncated }
        let buffer = unsafe UnsafeBufferPointer(start: cursor.assumingMemoryBound(to: UInt8.self), count: count)
        let string: String
        if unsafe WireReader.isASCII(cursor, count) {
            // Which is UTF-8, and needs no second look.
            string = unsafe String(copying: UTF8Span(unchecked: buffer.span, isKnownASCII: true))
        } else {
            do {
                string = unsafe String(copying: try UTF8Span(validating: buffer.span))
            } catch {
                throw .invalidUTF8
            }
        }
        unsafe cursor += count
        return string
    }

    /// Whether all bytes are below 0x80; eight at a time.
    @unsafe
    @inlinable
    @inline(__always)
    static func isASCII(_ start: UnsafeRawPointer, _ count: Int) -> Bool {
        var bits: UInt64 = 0
        var offset = 0
        while offset + 8 <= count {
            unsafe bits |= (start + offset).loadUnaligned(as: UInt64.self)
            offset += 8
        }
        while offset < count {
            unsafe bits |= UInt64(start.load(fromByteOffset: offset, as: UInt8.self))
            offset += 1
        }
        return bits & 0x8080_8080_8080_8080 == 0
    }

    /// Reads everything that is left as text.
    @inlinable
    @inline(__always)
    public mutating func readRemainingString() throws(WireError) -> String { try readString(remaining) }

    /// Reads a NUL-terminated string and repairs what is not UTF-8.
    ///
    /// For names and the server's error texts only, which may be in any encoding before a session's is agreed.
    public mutating func readCString() throws(WireError) -> String {
        var length = 0
        let available = remaining
        while length < available, unsafe cursor.load(fromByteOffset: length, as: UInt8.self) != 0 { length += 1 }
        guard length < available else { throw .truncated }
        let text = unsafe String(decoding: UnsafeRawBufferPointer(start: cursor, count: length), as: UTF8.self)
        unsafe cursor += length + 1
        return text
    }

    /// A reader over the next `count` bytes, which this one passes over.
    ///
    /// The caller uses it no longer than this one may be used.
    @inlinable
    @inline(__always)
    package mutating func split(_ count: Int) throws(WireError) -> WireReader {
        guard count >= 0, count <= remaining else { throw .truncated }
        var part = unsafe WireReader(from: cursor, to: cursor + count)
        part.depth = depth
        unsafe cursor += count
        return part
    }

    /// Runs `body` with a reader over the next `count` bytes and passes over them.
    ///
    /// - Throws: ``WireError/truncated`` if there are fewer, ``WireError/trailingBytes`` if `body` leaves some unread,
    ///   ``WireError/nestedTooDeeply`` for the 65th level of these.
    @inlinable
    @inline(__always)
    public mutating func readNested<Result>(
        _ count: Int, _ body: (inout WireReader) throws(WireError) -> Result
    ) throws(WireError) -> Result {
        guard count >= 0, count <= remaining else { throw .truncated }
        guard depth < WireReader.maximumDepth else { throw .nestedTooDeeply }
        var nested = unsafe WireReader(from: cursor, to: cursor + count)
        nested.depth = depth + 1
        unsafe cursor += count
        let result = try body(&nested)
        try nested.expectEnd()
        return result
    }

    /// Runs `body` with a reader over bytes that were taken out of this one's: a quoted element, for example.
    ///
    /// - Throws: As ``readNested(_:_:)`` does.
    public func readNested<Result>(
        _ bytes: [UInt8], _ body: (inout WireReader) throws(WireError) -> Result
    ) throws(WireError) -> Result {
        guard depth < WireReader.maximumDepth else { throw .nestedTooDeeply }
        let depth = depth + 1
        return try WireReader.read(bytes) { (nested) throws(WireError) -> Result in
            nested.depth = depth
            let result = try body(&nested)
            try nested.expectEnd()
            return result
        }
    }

    /// Checks that everything has been read.
    @inlinable
    public func expectEnd() throws(WireError) {
        guard remaining == 0 else { throw .trailingBytes }
    }
}
