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
    /// The bytes written so far.
    public package(set) var bytes: [UInt8]

    /// The first reason why the bytes must not be sent.
    public private(set) var failure: WireError?

    /// The longest message body that the protocol's signed 32-bit length can describe.
    public static let maximumLength = Int(Int32.max)

    public init() {
        bytes = []
    }

    /// Makes a writer with room for `capacity` bytes.
    public init(capacity: Int) {
        bytes = []
        bytes.reserveCapacity(capacity)
    }

    /// The number of bytes written.
    public var count: Int { bytes.count }

    /// Records that what is being written cannot be sent; the first reason stays.
    public mutating func fail(_ reason: WireError) {
        if failure == nil { failure = reason }
    }

    /// Forgets the failure and everything after the first `count` bytes, as if it had never been written.
    public mutating func rollBack(to count: Int) {
        failure = nil
        if count >= 0, count < bytes.count { bytes.removeLast(bytes.count - count) }
    }

    /// Forgets everything, keeping the memory unless it has grown beyond `capacity` bytes.
    package mutating func removeAll(keepingUpTo capacity: Int) {
        failure = nil
        bytes.removeAll(keepingCapacity: bytes.capacity <= capacity)
    }

    mutating func append<Value: FixedWidthInteger & BitwiseCopyable>(_ value: Value) {
        unsafe withUnsafeBytes(of: value.bigEndian) { unsafe bytes.append(contentsOf: $0) }
    }

    /// Writes one byte.
    public mutating func write(_ value: UInt8) { bytes.append(value) }
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
        guard newBytes.underestimatedCount <= Self.maximumLength - bytes.count else { return fail(.tooLarge) }
        bytes.append(contentsOf: newBytes)
    }

    /// Writes bytes as they are: what is made beforehand for each message, without a detour by way of sequences.
    public mutating func write(bytes newBytes: [UInt8]) {
        guard newBytes.count <= Self.maximumLength - bytes.count else { return fail(.tooLarge) }
        bytes.append(contentsOf: newBytes)
    }

    /// Writes a string's UTF-8 without terminator.
    ///
    /// A NUL in it is a ``failure``: no text value of PostgreSQL may hold one.
    public mutating func write(utf8 string: String) {
        var string = string
        var hasNUL = false
        string.withUTF8 { utf8 in
            hasNUL = unsafe utf8.contains(0)
            if !hasNUL { unsafe bytes.append(contentsOf: utf8) }
        }
        if hasNUL { fail(.embeddedNUL) }
    }

    /// Writes a string's UTF-8 and a NUL; a NUL within it is a ``failure``.
    public mutating func writeCString(_ string: String) {
        write(utf8: string)
        bytes.append(0)
    }

    /// Writes a message: its type byte (none in the startup phase), the length, and what `body` writes.
    public mutating func message(_ type: UInt8?, _ body: (inout WireWriter) -> Void) {
        if let type { bytes.append(type) }
        let start = bytes.count
        append(Int32(0))
        body(&self)
        // The length counts itself.
        patchLength(at: start, bytes.count - start)
    }

    /// Writes a value with its length before it, as Bind, COPY, arrays and composites do.
    public mutating func lengthPrefixed(_ body: (inout WireWriter) -> Void) {
        let start = bytes.count
        append(Int32(0))
        body(&self)
        patchLength(at: start, bytes.count - start - MemoryLayout<Int32>.size)
    }

    /// Writes a count into a 16-bit field that the protocol reads as unsigned.
    public mutating func write(count: Int) {
        guard let value = UInt16(exactly: count) else { return fail(.tooLarge) }
        append(value)
    }

    mutating func patchLength(at position: Int, _ length: Int) {
        guard let value = Int32(exactly: length) else { return fail(.tooLarge) }
        unsafe bytes.withUnsafeMutableBytes { buffer in
            unsafe buffer.storeBytes(of: value.bigEndian, toByteOffset: position, as: Int32.self)
        }
    }
}
