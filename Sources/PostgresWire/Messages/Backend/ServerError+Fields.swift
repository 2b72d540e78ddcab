extension ServerError {
    /// Reads the fields of an ErrorResponse or NoticeResponse up to their terminator.
    ///
    /// Servers and poolers differ in what they send: any field may be missing, unknown ones are passed over, of a
    /// field that comes twice the last counts. Only a list without its terminator is an error.
    ///
    /// Source: PostgreSQL manual, "Error and Notice Message Fields".
    init(fields reader: inout WireReader, defaultSeverity: String) throws(WireError) {
        self.init(severity: defaultSeverity, message: "the server gave no message")
        var severity: String?
        while true {
            let field = try reader.readUInt8()
            if field == 0 { break }
            let value = try reader.readCString()
            switch field {
            case UInt8(ascii: "S"): localizedSeverity = value
            case UInt8(ascii: "V"): severity = value
            case UInt8(ascii: "C"): sqlState = SQLState(field: value)
            case UInt8(ascii: "M"): message = value
            case UInt8(ascii: "D"): detail = value
            case UInt8(ascii: "H"): hint = value
            case UInt8(ascii: "P"): position = Int(digits: value.utf8)
            case UInt8(ascii: "p"): internalPosition = Int(digits: value.utf8)
            case UInt8(ascii: "q"): internalQuery = value
            case UInt8(ascii: "W"): context = value
            case UInt8(ascii: "s"): schema = value
            case UInt8(ascii: "t"): table = value
            case UInt8(ascii: "c"): column = value
            case UInt8(ascii: "d"): dataType = value
            case UInt8(ascii: "n"): constraint = value
            case UInt8(ascii: "F"): file = value
            case UInt8(ascii: "L"): line = value
            case UInt8(ascii: "R"): routine = value
            default: break
            }
        }
        self.severity = severity ?? localizedSeverity ?? defaultSeverity
    }

    /// Writes the fields that there are, and the terminator.
    func encodeFields(into writer: inout WireWriter) {
        func write(_ field: Unicode.Scalar, _ value: String?) {
            guard let value else { return }
            writer.write(UInt8(ascii: field))
            writer.writeCString(value)
        }
        write("S", localizedSeverity)
        write("V", severity)
        write("C", sqlState?.rawValue)
        write("M", message)
        write("D", detail)
        write("H", hint)
        write("P", position.map { String($0) })
        write("p", internalPosition.map { String($0) })
        write("q", internalQuery)
        write("W", context)
        write("s", schema)
        write("t", table)
        write("c", column)
        write("d", dataType)
        write("n", constraint)
        write("F", file)
        write("L", line)
        write("R", routine)
        writer.write(UInt8(0))
    }
}

extension SQLState {
    /// The SQLSTATE in an error's field; nil unless it is five digits or capital letters.
    fileprivate init?(field: String) {
        let isWellFormed = field.utf8.allSatisfy { byte in
            (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
        }
        guard field.utf8.count == 5, isWellFormed else { return nil }
        self.init(rawValue: field)
    }
}
