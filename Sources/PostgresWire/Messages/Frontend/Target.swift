extension Frontend {
    /// What Describe and Close are about; an empty name is the unnamed statement or portal.
    public enum Target: Hashable, Sendable {
        case statement(String)
        case portal(String)

        func encode(into writer: inout WireWriter) {
            switch self {
            case .statement(let name):
                writer.write(UInt8(ascii: "S"))
                writer.writeCString(name)
            case .portal(let name):
                writer.write(UInt8(ascii: "P"))
                writer.writeCString(name)
            }
        }

        init(from reader: inout WireReader) throws(WireError) {
            switch try reader.readUInt8() {
            case UInt8(ascii: "S"): self = .statement(try reader.readCString())
            case UInt8(ascii: "P"): self = .portal(try reader.readCString())
            default: throw .invalidValue
            }
        }
    }
}
