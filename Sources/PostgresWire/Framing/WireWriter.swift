/// Writes big-endian fields and whole messages into bytes to be sent.
///
/// The only code that patches lengths. Writing does not throw: the first thing that cannot be sent (a NUL in a
/// string, a length over the protocol's limit) is kept in ``failure``, everything after it is ignored, and whoever
/// would send the bytes looks there first and sends nothing.
///
/// ```swift
/// var writer = WireWriter()
/// writer.message(UInt8(ascii: "Q")) { $0.writeCString("SELECT 1") }
/// ```
///
/// Source: PostgreSQL manual, "Message Data Types".
public struct WireWriter: Sendable {
    /// Memory, of which the first ``count`` bytes are written. All of it counts as initialized, so that a field is stored
    /// without an array's growing by it.
    private var storage: [UInt8] = []

    /// The number of bytes written.
    public private(set) var count = 0

    /// The first reason why the bytes must not be sent.
    public private(set) var failure: WireError?

    /// The longest message body that the protocol's signed 32-bit length can describe.
    public static let maximumLength = Int(Int32.max)

    private static let leastCapacity = 64

    public init() {}

    /// Makes a writer with room for `capacity` bytes.
    public init(capacity: Int) {
        storage = unsafe WireWriter.memory(max(0, capacity)) { _ in }
    }

    /// The bytes written so far.
    public var bytes: [UInt8] { Array(storage[..<count]) }

    /// Lends the bytes written so far.
    @unsafe
    package func withUnsafeBytes<Result, Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try unsafe storage.withUnsafeBufferPointer { (buffer) throws(Failure) -> Result in
            try unsafe body(UnsafeRawBufferPointer(UnsafeBufferPointer(rebasing: buffer[..<count])))
        }
    }

    /// Lends memory for at least `room` bytes more.
    ///
    /// - Parameter body: Says how many it has written, from the first on.
    @unsafe
    package mutating func append(room: Int, _ body: (UnsafeMutableRawBufferPointer) -> Int) {
        makeRoom(for: room)
        let start = count
        let written = unsafe storage.withUnsafeMutableBytes { buffer in
            unsafe body(UnsafeMutableRawBufferPointer(rebasing: buffer[start...]))
        }
        count += max(0, min(written, storage.count - count))
    }

    // Nobody reads beyond `count`, so clearing the memory first would be wasted.
    private static func memory(_ capacity: Int, _ fill: (UnsafeMutableRawBufferPointer) -> Void) -> [UInt8] {
        unsafe [UInt8](unsafeUninitializedCapacity: capacity) { buffer, initialized in
            unsafe fill(UnsafeMutableRawBufferPointer(buffer))
            initialized = capacity
        }
    }

    @inline(__always)
    private mutating func makeRoom(for length: Int) {
        if storage.count - count < length { grow(for: length) }
    }

    @inline(never)
    private mutating func grow(for length: Int) {
        let capacity = max(2 * storage.count, count + length, WireWriter.leastCapacity)
        storage = unsafe WireWriter.memory(capacity) { target in
            unsafe withUnsafeBytes { unsafe target.copyMemory(from: $0) }
        }
    }

    @inline(__always)
    @unsafe
    private mutating func append(_ start: UnsafeRawPointer?, _ length: Int) {
        guard let start = unsafe start, length > 0 else { return }
        makeRoom(for: length)
        let offset = count
        unsafe storage.withUnsafeMutableBytes { buffer in
            guard let base = buffer.baseAddress else { return }
            unsafe (base + offset).copyMemory(from: start, byteCount: length)
        }
        count += length
    }

    /// Records that what is being written cannot be sent; the first reason stays.
    public mutating func fail(_ reason: WireError) {
        if failure == nil { failure = reason }
    }

    /// Forgets the failure and everything after the first `count` bytes, as if it had never been written.
    public mutating func rollBack(to count: Int) {
        failure = nil
        if count >= 0, count < self.count { self.count = count }
    }

    /// Forgets everything, keeping the memory unless it has grown beyond `capacity` bytes.
    package mutating func removeAll(keepingUpTo capacity: Int) {
        failure = nil
        count = 0
        if storage.count > capacity { storage = [] }
    }

    @inline(__always)
    mutating func append<Value: FixedWidthInteger & BitwiseCopyable>(_ value: Value) {
        makeRoom(for: MemoryLayout<Value>.size)
        let offset = count
        unsafe storage.withUnsafeMutableBytes { buffer in
            unsafe buffer.storeBytes(of: value.bigEndian, toByteOffset: offset, as: Value.self)
        }
        count += MemoryLayout<Value>.size
    }

    /// Writes one byte.
    public mutating func write(_ value: UInt8) { append(value) }
    /// Writes two bytes.
    public mutating func write(_ value: Int16) { append(value) }
    /// Writes two bytes.
    public mutating func write(_ value: UInt16) { append(value) }
    /// Writes four bytes.
    public mutating func write(_ value: Int32) { append(value) }
    /// Writes four bytes.
    public mutating func write(_ value: UInt32) { append(value) }
    /// Writes eight bytes.
    public mutating func write(_ value: Int64) { append(value) }
    /// Writes eight bytes.
    public mutating func write(_ value: UInt64) { append(value) }
    /// Writes an IEEE 754 single.
    public mutating func write(_ value: Float) { append(value.bitPattern) }
    /// Writes an IEEE 754 double.
    public mutating func write(_ value: Double) { append(value.bitPattern) }
    /// Writes an object identifier.
    public mutating func write(_ value: PostgresOID) { append(value.rawValue) }

    /// Writes bytes as they are.
    ///
    /// What could not be sent in the end is not copied first: bytes beyond ``maximumLength`` are a ``failure``.
    public mutating func write(bytes newBytes: some Sequence<UInt8>) {
        guard newBytes.underestimatedCount <= Self.maximumLength - count else { return fail(.tooLarge) }
        let isContiguous: Void? = newBytes.withContiguousStorageIfAvailable {
            unsafe append($0.baseAddress, $0.count)
        }
        if isContiguous == nil {
            for byte in newBytes { append(byte) }
        }
    }

    /// Writes bytes as they are: what is made beforehand for each message, without a detour by way of sequences.
    public mutating func write(bytes newBytes: [UInt8]) {
        guard newBytes.count <= Self.maximumLength - count else { return fail(.tooLarge) }
        unsafe newBytes.withUnsafeBufferPointer { unsafe append($0.baseAddress, $0.count) }
    }

    /// Writes bytes as they are.
    @unsafe
    package mutating func write(bytes newBytes: UnsafeRawBufferPointer) {
        guard newBytes.count <= Self.maximumLength - count else { return fail(.tooLarge) }
        unsafe append(newBytes.baseAddress, newBytes.count)
    }

    /// Writes a string's UTF-8 without terminator.
    ///
    /// A NUL in it is a ``failure``: no text value of PostgreSQL may hold one.
    public mutating func write(utf8 string: String) {
        var string = string
        var hasNUL = false
        string.withUTF8 { utf8 in
            hasNUL = unsafe utf8.contains(0)
            if !hasNUL { unsafe append(utf8.baseAddress, utf8.count) }
        }
        if hasNUL { fail(.embeddedNUL) }
    }

    /// Writes a string's UTF-8 and a NUL; a NUL within it is a ``failure``.
    public mutating func writeCString(_ string: String) {
        write(utf8: string)
        append(0 as UInt8)
    }

    /// Writes a message: its type byte (none in the startup phase), the length, and what `body` writes.
    public mutating func message(_ type: UInt8?, _ body: (inout WireWriter) -> Void) {
        let start = beginMessage(type)
        body(&self)
        endMessage(start)
    }

    /// Begins a message: its type byte and room for its length.
    ///
    /// - Returns: Where that is, for ``endMessage(_:)``.
    package mutating func beginMessage(_ type: UInt8?) -> Int {
        if let type { append(type) }
        append(Int32(0))
        return count - MemoryLayout<Int32>.size
    }

    /// Ends the message whose length is at `start`.
    package mutating func endMessage(_ start: Int) {
        // The length counts itself.
        patchLength(at: start, count - start)
    }

    /// Writes a message between two that are written already: after the one that begins at `start`.
    package mutating func insert(_ message: some WireMessage, afterMessageAt start: Int) {
        guard start >= 0, count - start >= 5 else { return }
        let length = storage[(start + 1)..<(start + 5)].reduce(0) { $0 << 8 | Int($1) }
        guard length < count - start else { return }
        let rest = Array(storage[(start + 1 + length)..<count])
        count = start + 1 + length
        message.encode(into: &self)
        write(bytes: rest)
    }

    /// Writes a value with its length before it, as Bind, COPY, arrays and composites do.
    public mutating func lengthPrefixed(_ body: (inout WireWriter) -> Void) {
        let start = count
        append(Int32(0))
        body(&self)
        patchLength(at: start, count - start - MemoryLayout<Int32>.size)
    }

    /// Writes a count into a 16-bit field that the protocol reads as unsigned.
    public mutating func write(count: Int) {
        guard let value = UInt16(exactly: count) else { return fail(.tooLarge) }
        append(value)
    }

    mutating func patchLength(at position: Int, _ length: Int) {
        guard let value = Int32(exactly: length) else { return fail(.tooLarge) }
        unsafe storage.withUnsafeMutableBytes { buffer in
            unsafe buffer.storeBytes(of: value.bigEndian, toByteOffset: position, as: Int32.self)
        }
    }
}
