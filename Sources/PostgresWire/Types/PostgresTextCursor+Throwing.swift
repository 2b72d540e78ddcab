// Reading that complains, for texts of several parts.

extension PostgresTextCursor {
    /// Takes everything that is left.
    init(_ reader: inout WireReader) {
        self.init(reader.readRemainingBytes())
    }

    /// Reads one byte; no text of the server's holds a NUL.
    mutating func read() throws(WireError) -> UInt8 {
        guard let byte = rest.popFirst() else { throw .truncated }
        guard byte != 0 else { throw .embeddedNUL }
        return byte
    }

    mutating func expect(_ byte: UInt8) throws(WireError) {
        guard accept(byte) else { throw .invalidValue }
    }

    mutating func expect(_ text: String) throws(WireError) {
        guard accept(text) else { throw .invalidValue }
    }

    func expectEnd() throws(WireError) {
        guard rest.isEmpty else { throw .invalidValue }
    }

    /// Reads up to the next byte of which `isEnd` holds, or to the end.
    mutating func read(until isEnd: (UInt8) -> Bool) -> [UInt8] {
        Array(take { !isEnd($0) })
    }

    /// Reads a decimal number without a sign.
    ///
    /// - Throws: ``WireError/invalidValue`` if there is no digit, ``WireError/outOfRange`` for more than `maximum`.
    mutating func readNumber(_ maximum: Int) throws(WireError) -> Int {
        var number = 0
        var hasDigits = false
        while let byte = rest.first, let digit = decimalDigit(byte) {
            let (product, overflow) = number.multipliedReportingOverflow(by: 10)
            let (sum, carried) = product.addingReportingOverflow(Int(digit))
            guard !overflow, !carried, sum <= maximum else { throw .outOfRange }
            number = sum
            hasDigits = true
            rest.removeFirst()
        }
        guard hasDigits else { throw .invalidValue }
        return number
    }

    /// Reads what follows an opening quote, up to and with the closing one; a doubled quote or backslash is a single one.
    mutating func readQuoted(_ quote: UInt8) throws(WireError) -> [UInt8] {
        var bytes: [UInt8] = []
        while true {
            let byte = try read()
            if byte == quote {
                guard accept(quote) else { return bytes }
                bytes.append(quote)
            } else if byte == UInt8(ascii: "\\") {
                bytes.append(try read())
            } else {
                bytes.append(byte)
            }
        }
    }

    /// Reads a bound of a range or a field of a record: text of which parts may be quoted, up to a comma or one of the
    /// brackets; nil if there is nothing at all.
    mutating func readItem(brackets: String) throws(WireError) -> [UInt8]? {
        let brackets = brackets.utf8
        var bytes: [UInt8]?
        while let byte = next {
            if byte == UInt8(ascii: ",") || brackets.contains(byte) { return bytes }
            var part = bytes ?? []
            bytes = nil
            switch try read() {
            case UInt8(ascii: "\""): part.append(contentsOf: try readQuoted(UInt8(ascii: "\"")))
            case UInt8(ascii: "\\"): part.append(try read())
            case let byte: part.append(byte)
            }
            bytes = part
        }
        throw .truncated
    }
}

extension WireWriter {
    /// Writes a text in quotes, where a quote or a backslash within it is doubled.
    mutating func write(quoted text: some Sequence<UInt8>, _ quote: UInt8) {
        write(quote)
        for byte in text {
            if byte == quote || byte == UInt8(ascii: "\\") { write(byte) }
            write(byte)
        }
        write(quote)
    }
}

/// Whether the server takes this byte for a blank.
func isBlank(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || (9...13).contains(byte) }
