extension WireWriter {
    /// Writes a 16-bit count and the format codes.
    mutating func write(formats: [PostgresFormat]) {
        write(count: formats.count)
        for format in formats { write(format.rawValue) }
    }

    /// Writes a 32-bit length and the bytes, or the length -1 for NULL.
    mutating func write(value: [UInt8]?) {
        if let value {
            lengthPrefixed { $0.write(bytes: value) }
        } else {
            write(Int32(-1))
        }
    }

    /// Writes a 16-bit count and the values.
    mutating func write(values: [[UInt8]?]) {
        write(count: values.count)
        for value in values { write(value: value) }
    }
}
