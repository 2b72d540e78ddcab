extension UInt8 {
    /// The capital of an ASCII letter; any other byte as it is.
    var asciiUppercased: UInt8 { self &- 0x61 < 26 ? self ^ 0x20 : self }

    /// A byte that ends a line: LF or CR.
    var isLineEnd: Bool { self == 0x0A || self == 0x0D }

    /// The white space of the server's lexer: space, tab, LF, VT, FF, CR.
    var isSQLSpace: Bool { self == 0x20 || (self >= 0x09 && self <= 0x0D) }

    var isASCIIDigit: Bool { self &- 0x30 < 10 }

    var isASCIIHexDigit: Bool { isASCIIDigit || asciiUppercased &- 0x41 < 6 }

    /// A byte that may start an unquoted identifier; bytes of multi-byte characters all may.
    var isIdentifierStart: Bool { asciiUppercased &- 0x41 < 26 || self == 0x5F || self >= 0x80 }

    /// A byte that may continue an unquoted identifier.
    var isIdentifierPart: Bool { isIdentifierStart || isASCIIDigit || self == 0x24 }

    /// A byte that may continue the tag of a dollar quote.
    var isDollarTagPart: Bool { isIdentifierStart || isASCIIDigit }

    /// A byte of which operators are made: `~!@#^&|` and `` ` `` and `?+-*/%<>=`.
    var isOperatorPart: Bool {
        switch self {
        case 0x2A, 0x2B, 0x2D, 0x2F, 0x3C, 0x3D, 0x3E: true
        default: allowsOperatorToEndInSign
        }
    }

    /// An operator character that, anywhere in an operator, lets it end in `+` or `-`.
    var allowsOperatorToEndInSign: Bool {
        switch self {
        case 0x21, 0x23, 0x25, 0x26, 0x3F, 0x40, 0x5E, 0x60, 0x7C, 0x7E: true
        default: false
        }
    }

    /// Whether a character of UTF-8 starts here.
    var startsUTF8Character: Bool { self & 0xC0 != 0x80 }
}
