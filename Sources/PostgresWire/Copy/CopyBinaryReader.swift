/// Reads rows out of COPY's binary format as the bytes come, in pieces of any size.
///
/// ```swift
/// var reader = CopyBinaryReader()
/// reader.append(CopyBinary.header + [0, 1, 0, 0, 0, 2, 0, 42] + CopyBinary.trailer)
/// while let row = try reader.next() { print(row) }  // [Optional([0, 42])]
/// print(reader.isAtEnd)  // true
/// ```
///
/// Source: PostgreSQL manual, "COPY", "Binary Format".
public struct CopyBinaryReader: Sendable {
    private var bytes: [UInt8] = []
    private var start = 0
    private var hasHeader = false

    /// Whether the mark of the end was read; nothing may come after it.
    public private(set) var isAtEnd = false

    public init() {}

    /// Takes more bytes.
    public mutating func append(_ piece: some Sequence<UInt8>) {
        if start > 0 {
            bytes.removeFirst(start)
            start = 0
        }
        bytes.append(contentsOf: piece)
    }

    /// The values of the next row, nil for NULL; nil if the row is not there whole yet, or at the end.
    ///
    /// - Throws: ``WireError`` for bytes that are not in this format.
    public mutating func next() throws(WireError) -> [[UInt8]?]? {
        guard !isAtEnd else {
            guard start == bytes.count else { throw .trailingBytes }
            return nil
        }
        var row: [[UInt8]?]?
        var used = start
        var hasHeader = hasHeader
        var isAtEnd = false
        let end = bytes.count
        let first = start
        do throws(WireError) {
            try unsafe bytes.withUnsafeBufferPointer { (buffer) throws(WireError) in
                var reader = unsafe WireReader(
                    UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(buffer)[first...]))
                if !hasHeader {
                    try CopyBinary.readHeader(from: &reader)
                    hasHeader = true
                    used = end - reader.remaining
                }
                let count = try reader.readInt16()
                if count == -1 {
                    isAtEnd = true
                } else {
                    guard count >= 0 else { throw .invalidLength }
                    row = try CopyBinaryReader.values(Int(count), from: &reader)
                }
                used = end - reader.remaining
            }
        } catch {
            guard error == .truncated else { throw error }
        }
        start = used
        self.hasHeader = hasHeader
        self.isAtEnd = isAtEnd
        if isAtEnd, start < bytes.count { throw .trailingBytes }
        return row
    }

    private static func values(_ count: Int, from reader: inout WireReader) throws(WireError) -> [[UInt8]?] {
        // The least a value takes is its length.
        guard count <= reader.remaining / 4 else { throw .truncated }
        var values: [[UInt8]?] = []
        values.reserveCapacity(count)
        for _ in 0..<count {
            let length = try reader.readInt32()
            guard length >= -1 else { throw .invalidLength }
            values.append(length == -1 ? nil : try reader.readBytes(Int(length)))
        }
        return values
    }
}
