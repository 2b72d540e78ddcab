import PostgresWire

/// Random values of the types, within what the server takes and in the form in which it gives them back; the same ones
/// for the same seed.
struct RandomValues {
    private var state: UInt64
    /// The server's version, which decides what some types hold.
    let version: Int
    /// The numbers of the types in this database, for the fields of records.
    let numbers: [String: PostgresOID]

    init(seed: UInt64, version: Int, numbers: [String: PostgresOID] = [:]) {
        state = seed
        self.version = version
        self.numbers = numbers
    }

    /// 64 random bits (SplitMix64).
    mutating func bits() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// Whether the one case in so many has come.
    mutating func oneIn(_ count: UInt64) -> Bool { bits() % count == 0 }

    mutating func number(_ range: ClosedRange<Int64>) -> Int64 {
        let last = UInt64(bitPattern: range.upperBound &- range.lowerBound)
        let random = bits()
        return range.lowerBound &+ Int64(bitPattern: last == .max ? random : random % (last + 1))
    }

    mutating func count(_ range: ClosedRange<Int>) -> Int {
        Int(number(Int64(range.lowerBound)...Int64(range.upperBound)))
    }

    mutating func element<Element>(_ elements: [Element]) -> Element {
        elements[count(0...elements.count - 1)]
    }

    mutating func list<Element>(_ range: ClosedRange<Int>, _ make: (inout RandomValues) -> Element) -> [Element] {
        var elements: [Element] = []
        for _ in 0..<count(range) { elements.append(make(&self)) }
        return elements
    }
}

// Numbers.
extension RandomValues {
    mutating func byte() -> UInt8 { UInt8(truncatingIfNeeded: bits()) }

    /// A number of any width up to that of its type, the limits among them.
    mutating func integer<Integer: FixedWidthInteger>(_: Integer.Type = Integer.self) -> Integer {
        if oneIn(16) { return element([.min, .max, 0, 1]) }
        let whole = Integer(truncatingIfNeeded: bits())
        return whole >> Integer(truncatingIfNeeded: bits() % UInt64(Integer.bitWidth))
    }

    /// Any number of 64 bits, or one with few digits.
    mutating func double() -> Double {
        if oneIn(16) { return element([0, -0.0, .infinity, -.infinity, .nan, .leastNonzeroMagnitude, 1e15, 1e16]) }
        return oneIn(2) ? Double(bitPattern: bits()) : Double(integer(Int64.self) % 100_000) / 100
    }

    mutating func finiteDouble() -> Double {
        let number = double()
        return number.isFinite ? number : 0.5
    }

    mutating func float() -> Float {
        if oneIn(16) { return element([0, -0.0, .infinity, -.infinity, .nan, .leastNonzeroMagnitude, 1e6, 1e7]) }
        return oneIn(2) ? Float(bitPattern: UInt32(truncatingIfNeeded: bits())) : Float(integer(Int16.self)) / 100
    }

    /// A number with any digits and any scale, mostly short.
    mutating func numeric() -> PostgresNumeric {
        if oneIn(24) { return element([.nan, .infinity, .negativeInfinity]) }
        func digits(_ count: Int) -> String {
            // Groups of zeros are left out on the wire.
            if oneIn(3) { return String(repeating: "0", count: count) }
            return (0..<count).map { _ in String(bits() % 10) }.joined()
        }
        let isLong = oneIn(40)
        var text = oneIn(2) ? "-" : ""
        text += oneIn(4) ? "0" : String(bits() % 9 + 1) + digits(count(0...(isLong ? 600 : 12)))
        if oneIn(2) { text += "." + digits(count(1...8)) + digits(count(0...(isLong ? 300 : 4))) }
        return PostgresNumeric(text) ?? .nan
    }

    mutating func money() -> PostgresMoney { PostgresMoney(units: integer()) }
}

// Texts.
extension RandomValues {
    /// Pieces that stand for something in some type's text, and characters that are easily damaged.
    private static let pieces: [String] = [
        "a", "b", "Z", "0", "7", "_", " ", "  ", "\t", "\n", "\r", "\r\n", "\u{B}", "\u{C}", "\u{1}", "\u{8}", "\u{1F}",
        "\u{7F}", "\"", "\"\"", "'", "''", "\\", "\\\\", "\\n", "\\x", "{", "}", "[", "]", "(", ")", "<", ">", ",", ";",
        ":", "=", "=>", "/", "|", "&", "!", "*", "@", "%", "$", "?", "-", "+", ".", "NULL", "null", "true", "empty",
        "infinity", "NaN", "\u{80}", "\u{85}", "\u{A0}", "é", "e\u{301}", "\u{301}", "ß", "İ", "ǆ", "\u{2028}",
        "\u{200B}",
        "\u{200D}", "\u{202E}", "\u{3000}", "漢", "字", "\u{FEFF}", "\u{FFFD}", "\u{FFFF}", "\u{E000}", "😀", "👩‍👩‍👧",
        "\u{10FFFF}",
    ]

    mutating func text(_ range: ClosedRange<Int> = 0...8) -> String {
        list(range) { $0.element(Self.pieces) }.joined()
    }

    /// A text of so many characters as the server counts them.
    mutating func text(characters: Int) -> String {
        var scalars = String.UnicodeScalarView()
        while scalars.count < characters {
            scalars.append(contentsOf: text().unicodeScalars.prefix(characters - scalars.count))
        }
        return String(scalars)
    }

    /// A word of letters and digits.
    mutating func word(_ range: ClosedRange<Int> = 1...6) -> String {
        list(range) { $0.element(["a", "b", "C", "x", "Y", "0", "9", "_", "é", "漢"]) }.joined()
    }

    /// What `"char"` holds, as it is printed.
    mutating func character() -> String {
        // Older servers print a byte beyond ASCII as it is, which is no text.
        let byte = version >= 16 ? byte() : byte() & 0x7F
        guard byte >= 0x80 else { return byte == 0 ? "" : String(UnicodeScalar(byte)) }
        return "\\" + String(byte, radix: 8)
    }

    /// A string in quotes, as `jsonb` prints it.
    mutating func quoted(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": quoted += "\\\""
            case "\\": quoted += "\\\\"
            case "\u{8}": quoted += "\\b"
            case "\u{C}": quoted += "\\f"
            case "\n": quoted += "\\n"
            case "\r": quoted += "\\r"
            case "\t": quoted += "\\t"
            case "\0"..<" ":
                let digits = String(scalar.value, radix: 16)
                quoted += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }

    /// A document as `jsonb` prints it: keys once, by length and bytes.
    mutating func json(depth: Int = 0) -> String {
        switch bits() % (depth < 4 ? 8 : 5) {
        case 0: return "null"
        case 1: return oneIn(2) ? "true" : "false"
        case 2: return String(integer(Int64.self))
        case 3:
            let number = numeric()
            return number == .nan || number == .infinity || number == .negativeInfinity ? "0.10" : number.description
        case 4: return quoted(text())
        case 5, 6: return "[" + list(0...4) { $0.json(depth: depth + 1) }.joined(separator: ", ") + "]"
        default:
            let keys = PostgresHStore(list(0...4) { ($0.text(), nil) }).keys
            let pairs = keys.map { quoted($0) + ": " + json(depth: depth + 1) }
            return "{" + pairs.joined(separator: ", ") + "}"
        }
    }

    mutating func jsonPath() -> String {
        var path = oneIn(4) ? "strict $" : "$"
        for _ in 0..<count(0...4) {
            path += element([".*", "[*]", "[\(byte())]", ".size()", "?(@ > \(byte()))", "." + quoted(text())])
        }
        return path
    }

    mutating func xml() -> String {
        let text = text().unicodeScalars.filter {
            !"<>&".unicodeScalars.contains($0) && (32..<0xFFFE).contains($0.value)
        }
        let name = element(["a", "note", "x-y"])
        return "<\(name) id=\"\(byte())\">" + String(String.UnicodeScalarView(text)) + "</\(name)>"
    }
}

// Dates and times.
extension RandomValues {
    // From 4713 BC to 5874897.
    mutating func date() -> PostgresDate {
        if oneIn(16) { return element([.infinity, .negativeInfinity]) }
        return finiteDate()
    }

    mutating func finiteDate() -> PostgresDate {
        if oneIn(2) { return PostgresDate(daysSince2000: Int32(number(-40_000...40_000))) }
        return PostgresDate(daysSince2000: Int32(number(-2_451_507...2_145_031_948)))
    }

    // From 4713 BC to 294276.
    mutating func microseconds() -> Int64 {
        if oneIn(16) { return element([.min, .max]) }
        if oneIn(3) { return number(-4_000_000_000...4_000_000_000) * 1_000_000 }
        return number(-211_810_204_800_000_000...9_223_371_331_199_999_999)
    }

    mutating func time() -> PostgresTime {
        let range: ClosedRange<Int64> = 0...86_400_000_000
        return PostgresTime(microsecondsSinceMidnight: oneIn(16) ? range.upperBound : number(range)) ?? .midnight
    }

    mutating func zone() -> Int32 {
        oneIn(2) ? Int32(number(-31...31)) * 1_800 : Int32(number(-57_599...57_599))
    }

    // PostgreSQL 14 reads no more than 31 bits of hours.
    mutating func interval() -> PostgresInterval {
        if version >= 17, oneIn(24) { return element([.infinity, .negativeInfinity]) }
        return PostgresInterval(
            months: oneIn(3) ? 0 : integer(), days: oneIn(3) ? 0 : integer(),
            microseconds: oneIn(3) ? 0 : integer(Int64.self) / 2)
    }
}

// Addresses, bits and shapes.
extension RandomValues {
    /// A host with many zeros in its address.
    mutating func host() -> PostgresInet {
        func word(_ bits: UInt64, _ mask: UInt64) -> UInt64 {
            (0..<4).reduce(bits) { mask >> UInt64($1) & 1 == 0 ? $0 & ~(0xFFFF << UInt64($1 * 16)) : $0 }
        }
        let address: PostgresIPAddress =
            oneIn(2)
            ? .ipv4(UInt32(truncatingIfNeeded: bits()))
            : .ipv6(UInt128(word(bits(), bits())) << 64 | UInt128(word(bits(), bits())))
        let length = Int(bits() % UInt64(address.bitWidth + 1))
        return PostgresInet(address, prefixLength: length) ?? PostgresInet(address)
    }

    mutating func bitString(_ range: ClosedRange<Int>) -> PostgresBits {
        PostgresBits(list(range) { $0.oneIn(2) })
    }

    mutating func point() -> PostgresPoint { PostgresPoint(x: double(), y: double()) }

    mutating func points() -> [PostgresPoint] { list(1...5) { $0.point() } }

    // The server takes no line without a direction, nor one that has nearly none.
    mutating func line() -> PostgresLine { PostgresLine(a: double(), b: Double(count(1...1000)), c: double()) }

    mutating func circle() -> PostgresCircle {
        let radius = double().magnitude
        return PostgresCircle(center: point(), radius: radius)
    }

    mutating func cube() -> PostgresCube {
        let corner = list(0...5) { $0.finiteDouble() }
        if oneIn(2) { return PostgresCube(corner) }
        return PostgresCube(corner, corner.map { _ in finiteDouble() })
    }

    mutating func snapshot() -> PostgresSnapshot? {
        let minimum = UInt64(number(1...(1 << 40)))
        var running: [UInt64] = []
        var last = minimum
        for _ in 0..<count(0...5) {
            running.append(last)
            last += UInt64(number(1...1000))
        }
        return PostgresSnapshot(minimum: minimum, maximum: last, inProgress: running)
    }
}

// Text search and the extensions that hold texts.
extension RandomValues {
    mutating func vector() -> PostgresTSVector {
        PostgresTSVector(
            list(0...5) { random in
                let positions = random.list(0...4) { random in
                    PostgresTSVector.Position(
                        UInt16(random.number(1...16_383)), weight: random.element(PostgresTSVector.Weight.allCases))
                }
                return PostgresTSVector.Lexeme(random.text(1...4), positions: positions)
            })
    }

    mutating func query(depth: Int = 0) -> PostgresTSQuery {
        if depth == 0, oneIn(16) { return .empty }
        switch bits() % (depth < 5 ? 6 : 2) {
        case 0, 1:
            let weights = PostgresTSVector.Weight.allCases.filter { _ in oneIn(4) }
            return .lexeme(text(1...4), weights: Set(weights), isPrefix: oneIn(4))
        case 2: return query(depth: depth + 1).not
        // The text shows no parentheses in a & ( b & c ), and is read as ( a & b ) & c; arrays are sent as text.
        case 3: return query(depth: depth + 1).and(operand(depth: depth + 1))
        case 4: return query(depth: depth + 1).or(operand(depth: depth + 1))
        default:
            let distance = oneIn(2) ? 1 : UInt16(number(0...16_384))
            return query(depth: depth + 1).followed(by: operand(depth: depth + 1), distance: distance)
        }
    }

    private mutating func operand(depth: Int) -> PostgresTSQuery {
        let operand = PostgresTSQuery.lexeme(text(1...4), isPrefix: oneIn(4))
        return oneIn(2) ? operand : operand.not
    }

    mutating func store() -> PostgresHStore {
        PostgresHStore(list(0...5) { ($0.text(), $0.oneIn(4) ? nil : $0.text()) })
    }

    mutating func ltree() -> PostgresLTree { PostgresLTree(labels: list(0...5) { $0.word() }) }

    mutating func lquery() -> PostgresLQuery {
        let levels = list(1...4) { random in
            random.element(["*", "*{2}", "*{1,3}", random.word(), random.word() + "*", "!" + random.word() + "@"])
        }
        return PostgresLQuery(levels.joined(separator: "."))
    }

    mutating func ltxtquery() -> PostgresLTxtQuery {
        PostgresLTxtQuery(list(1...4) { $0.word() + $0.element(["", "*", "@"]) }.joined(separator: " & "))
    }
}

// Values that are made of others.
extension RandomValues {
    /// An array of up to six dimensions, with NULLs and any lower bounds.
    mutating func array(_ make: (inout RandomValues) -> PostgresValue) -> PostgresValue {
        guard !oneIn(12) else { return .array(PostgresArray()) }
        let isDeep = oneIn(3)
        let dimensions = list(isDeep ? 2...6 : 1...1) { random in
            let bound = random.oneIn(4) ? Int(random.number(-2_147_483_000...2_147_483_000)) : 1
            return ArrayDimension(length: random.count(1...(isDeep ? 2 : 4)), lowerBound: bound)
        }
        let total = dimensions.reduce(1) { $0 * $1.length }
        var elements = (0..<total).map { _ in oneIn(8) ? .null : make(&self) }
        // Nothing else tells an array of boxes, whose delimiter is another.
        if elements.allSatisfy(\.isNull) { elements[0] = make(&self) }
        return PostgresArray(elements, dimensions: dimensions).map { .array($0) } ?? .null
    }

    /// Ranges in order that do not touch; those of discrete types begin with their lower bound, and end before the upper
    /// one.
    private mutating func ranges<Bound: Comparable>(
        _ number: Int, isDiscrete: Bool, _ make: (inout RandomValues) -> Bound, _ value: (Bound) -> PostgresValue
    ) -> [PostgresRange<PostgresValue>] {
        var bounds: [Bound] = []
        for bound in (0..<number * 2).map({ _ in make(&self) }).sorted() where bounds.last.map({ $0 < bound }) ?? true {
            bounds.append(bound)
        }
        var ranges: [PostgresRange<PostgresValue>] = []
        for index in stride(from: 0, to: bounds.count - 1, by: 2) {
            let (from, to) = (value(bounds[index]), value(bounds[index + 1]))
            var lower: PostgresRange<PostgresValue>.Endpoint =
                isDiscrete || oneIn(2) ? .inclusive(from) : .exclusive(from)
            var upper: PostgresRange<PostgresValue>.Endpoint =
                isDiscrete || oneIn(2) ? .exclusive(to) : .inclusive(to)
            if index == 0, oneIn(8) { lower = .unbounded }
            if index + 3 > bounds.count - 1, oneIn(8) { upper = .unbounded }
            ranges.append(.bounds(lower, upper))
        }
        return ranges
    }

    mutating func range<Bound: Comparable>(
        isDiscrete: Bool, _ make: (inout RandomValues) -> Bound, _ value: (Bound) -> PostgresValue
    ) -> PostgresValue {
        if oneIn(12) { return .range(.empty) }
        if !isDiscrete, oneIn(12) {
            let bound = value(make(&self))
            return .range(.bounds(.inclusive(bound), .inclusive(bound)))
        }
        return .range(ranges(1, isDiscrete: isDiscrete, make, value).first ?? .empty)
    }

    mutating func multirange<Bound: Comparable>(
        isDiscrete: Bool, _ make: (inout RandomValues) -> Bound, _ value: (Bound) -> PostgresValue
    ) -> PostgresValue {
        .multirange(PostgresMultirange(ranges(count(0...4), isDiscrete: isDiscrete, make, value)))
    }
}
