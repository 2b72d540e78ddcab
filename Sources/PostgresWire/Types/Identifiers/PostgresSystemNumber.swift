/// A number that the server counts by, and prints in decimal: that of a transaction or a command.
public protocol PostgresSystemNumber: PostgresScalar {
    associatedtype Number: FixedWidthInteger & UnsignedInteger & BitwiseCopyable & Sendable

    /// The number.
    var number: Number { get }

    init(_ number: Number)
}

extension PostgresSystemNumber {
    /// The number in decimal.
    public var description: String { String(number) }

    /// Reads a number in decimal; nil for any other text.
    public init?(utf8: [UInt8]) {
        var text = PostgresTextCursor(utf8)
        guard let value = text.number(as: Number.self), text.isAtEnd else { return nil }
        self.init(value)
    }

    public init(binary reader: inout WireReader) throws(WireError) {
        self.init(try reader.load(Number.self))
    }

    public func encode(into writer: inout WireWriter) {
        writer.append(number)
    }
}
