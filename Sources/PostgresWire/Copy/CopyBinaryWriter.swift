/// Writes rows in COPY's binary format, as a file or a COPY has them.
///
/// ```swift
/// var writer = CopyBinaryWriter()
/// writer.write(row: [[0, 42], nil])
/// writer.finish()
/// print(writer.bytes.count)  // 31
/// ```
///
/// Source: PostgreSQL manual, "COPY", "Binary Format".
public struct CopyBinaryWriter: Sendable {
    private var writer = WireWriter()

    /// Writes what comes before the first row.
    public init() {
        writer.write(bytes: CopyBinary.header)
    }

    /// What was written so far.
    public var bytes: [UInt8] { writer.bytes }

    /// Why the bytes must not be used: a row with more values, or a longer one, than the format has room for.
    public var failure: WireError? { writer.failure }

    /// Writes a row; nil is NULL.
    public mutating func write(row values: some Collection<[UInt8]?>) {
        guard let count = Int16(exactly: values.count) else { return writer.fail(.tooLarge) }
        writer.write(count)
        for value in values {
            if let value {
                writer.lengthPrefixed { $0.write(bytes: value) }
            } else {
                writer.write(Int32(-1))
            }
        }
    }

    /// Writes what comes after the last row.
    public mutating func finish() {
        writer.write(bytes: CopyBinary.trailer)
    }
}
