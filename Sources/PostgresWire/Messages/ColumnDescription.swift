/// What RowDescription says about one column.
///
/// Source: PostgreSQL manual, "Message Formats", RowDescription.
public struct ColumnDescription: Hashable, Sendable {
    /// The column's name.
    public var name: String
    /// The table that the column is of; ``PostgresOID/unspecified`` if it is computed.
    public var tableOID: PostgresOID
    /// The column's number in that table; 0 if it is computed.
    public var attributeNumber: Int16
    /// The data type.
    public var typeOID: PostgresOID
    /// The type's size in bytes; negative if it varies.
    public var typeSize: Int16
    /// The type's modifier, such as the length in `varchar(20)`; -1 if there is none.
    public var typeModifier: Int32
    /// How values are written; always text in the answer to the Describe of a statement.
    public var format: PostgresFormat

    /// The least that a column takes on the wire: the name's NUL and the six numbers.
    static let minimumLength = 19

    public init(
        name: String, tableOID: PostgresOID = .unspecified, attributeNumber: Int16 = 0, typeOID: PostgresOID,
        typeSize: Int16 = -1, typeModifier: Int32 = -1, format: PostgresFormat = .text
    ) {
        self.name = name
        self.tableOID = tableOID
        self.attributeNumber = attributeNumber
        self.typeOID = typeOID
        self.typeSize = typeSize
        self.typeModifier = typeModifier
        self.format = format
    }

    func encode(into writer: inout WireWriter) {
        writer.writeCString(name)
        writer.write(tableOID)
        writer.write(attributeNumber)
        writer.write(typeOID)
        writer.write(typeSize)
        writer.write(typeModifier)
        writer.write(format.rawValue)
    }

    init(from reader: inout WireReader) throws(WireError) {
        name = try reader.readCString()
        tableOID = try reader.readOID()
        attributeNumber = try reader.readInt16()
        typeOID = try reader.readOID()
        typeSize = try reader.readInt16()
        typeModifier = try reader.readInt32()
        format = try reader.readFormat()
    }
}
