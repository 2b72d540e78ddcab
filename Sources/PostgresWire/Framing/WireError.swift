/// Why bytes could not be read as, or values not be written to, the PostgreSQL wire format.
///
/// One word, so that the hot paths that may throw it cost nothing; the layers above add what it happened to: the
/// message, the column, the row. What only the value's own decoder knows, it names itself.
public enum WireError: Error, Hashable, Sendable {
    /// More bytes were wanted than the message or value has left.
    case truncated
    /// A message or value had bytes left over after everything in it was read.
    case trailingBytes
    /// A length or count field holds a number that its context does not allow.
    case invalidLength
    /// A field holds a value that the format does not define.
    case invalidValue
    /// Text that must be UTF-8 is not.
    case invalidUTF8
    /// A string to be sent holds a NUL byte, which would end it early on the server's side.
    case embeddedNUL
    /// What is to be sent does not fit the length fields of the protocol.
    case tooLarge
    /// A number does not fit the Swift type asked for.
    case outOfRange
    /// NULL where a value is needed.
    case unexpectedNull
    /// NULL among the elements of an array where each has to have a value.
    case nullElement
    /// The PostgreSQL type cannot be read as the Swift type asked for.
    case typeMismatch
    /// Values are nested in values, more than 64 deep.
    case nestedTooDeeply
    /// An enum has a label that the Swift type has no case for.
    indirect case unknownLabel(String)
    /// A field of a composite value could not be read or written.
    indirect case field(String, WireError)
}

extension WireError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .truncated: "the bytes end too early"
        case .trailingBytes: "there are bytes left over"
        case .invalidLength: "a length or count is out of bounds"
        case .invalidValue: "a field holds a value that the format does not define"
        case .invalidUTF8: "the text is not valid UTF-8"
        case .embeddedNUL: "a string holds a NUL byte, which PostgreSQL cannot store or transmit"
        case .tooLarge: "the value is too large for the protocol"
        case .outOfRange: "the number does not fit"
        case .unexpectedNull: "NULL where a value is needed"
        case .nullElement: "there is a NULL among the elements, which have no room for it"
        case .typeMismatch: "the types do not match"
        case .nestedTooDeeply: "values are nested too deeply"
        case .unknownLabel(let label): "the label \(label.debugDescription) is not known"
        case .field(let name, let reason): "field \(name.debugDescription): \(reason)"
        }
    }
}
