/// A JSON document to be printed; members keep their order.
enum JSON {
    case null
    case bool(Bool)
    case int(Int)
    case number(Double)
    case string(String)
    case array([JSON])
    case object(KeyValuePairs<String, JSON>)
    /// The same with members that are known at run time only.
    case members([(String, JSON)])
    /// JSON text as it is, as of a number with more digits than a double has.
    case literal(String)

    /// A string, or null for nil.
    static func optional(_ text: String?) -> JSON { text.map { .string($0) } ?? .null }

    /// A duration in milliseconds, to the microsecond.
    static func milliseconds(_ duration: Duration) -> JSON {
        .number((duration / .microseconds(1)).rounded() / 1000)
    }

    /// The document as text, indented by two spaces a level.
    var text: String {
        var text = ""
        write(to: &text, indent: "")
        return text
    }

    /// The document as text on one line, except for line ends within literals.
    var compact: String {
        var text = ""
        write(to: &text, indent: nil)
        return text
    }

    private func write(to text: inout String, indent: String?) {
        switch self {
        case .null: text += "null"
        case .bool(let value): text += value ? "true" : "false"
        case .int(let value): text += String(value)
        case .number(let value): text += value.isFinite ? Self.shortest(value) : "null"
        case .string(let value): Self.write(value, to: &text)
        case .array(let elements):
            Self.write(elements.map { (nil, $0) }, "[", "]", to: &text, indent: indent)
        case .object(let members):
            Self.write(members.map { ($0.key, $0.value) }, "{", "}", to: &text, indent: indent)
        case .members(let members):
            Self.write(members.map { ($0.0, $0.1) }, "{", "}", to: &text, indent: indent)
        case .literal(let literal): text += literal
        }
    }

    /// - Parameter indent: What each line begins with; nil for everything on one line.
    private static func write(
        _ items: [(String?, JSON)], _ open: String, _ close: String, to text: inout String, indent: String?
    ) {
        let inner = indent.map { $0 + "  " }
        text += open
        for (index, item) in items.enumerated() {
            if index > 0 { text += inner == nil ? ", " : "," }
            if let inner { text += "\n" + inner }
            if let key = item.0 {
                write(key, to: &text)
                text += ": "
            }
            item.1.write(to: &text, indent: inner)
        }
        if let indent, !items.isEmpty { text += "\n" + indent }
        text += close
    }

    /// Without the `.0` of whole numbers.
    private static func shortest(_ value: Double) -> String {
        let text = "\(value)"
        return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    }

    private static func write(_ string: String, to text: inout String) {
        text += "\""
        for scalar in string.unicodeScalars {
            switch scalar {
            case "\"": text += "\\\""
            case "\\": text += "\\\\"
            case "\n": text += "\\n"
            case "\r": text += "\\r"
            case "\t": text += "\\t"
            case let scalar where scalar.value < 0x20 || scalar.value == 0x7F:
                let digits = String(scalar.value, radix: 16)
                text += "\\u" + String(repeating: "0", count: 4 - digits.utf8.count) + digits
            default: text.unicodeScalars.append(scalar)
            }
        }
        text += "\""
    }
}
