/// Dates and times in ISO style, the one that a session of this package asks the server for.
///
/// Source: PostgreSQL manual, "Date/Time Output".
struct PostgresDateTimeText {
    private var rest: ArraySlice<UInt8>

    private init(_ bytes: [UInt8]) {
        rest = bytes[...]
    }

    /// What a text says.
    enum Value<Finite> {
        case finite(Finite)
        case infinity
        case negativeInfinity
    }

    /// Reads `2024-02-29` or `0044-03-15 BC` as days since 2000-01-01.
    static func date(_ bytes: [UInt8]) -> Value<Int64>? {
        if let infinity: Value<Int64> = infinity(bytes) { return infinity }
        var text = PostgresDateTimeText(bytes)
        guard var date = text.date() else { return nil }
        guard text.era(&date), text.rest.isEmpty else { return nil }
        return PostgresCalendar.day(year: date.year, month: date.month, day: date.day).map { .finite($0) }
    }

    /// Reads `2024-02-29 12:34:56.789`, with a zone such as `+00` or `-03:30` after it if `hasZone`, as microseconds
    /// since 2000-01-01 00:00:00, in UTC if there is a zone.
    static func timestamp(_ bytes: [UInt8], hasZone: Bool) -> Value<Int64>? {
        if let infinity: Value<Int64> = infinity(bytes) { return infinity }
        var text = PostgresDateTimeText(bytes)
        guard var components = text.date(), text.accept(UInt8(ascii: " ")), text.time(&components) else { return nil }
        var offset: Int64 = 0
        if hasZone {
            guard let zone = text.zone() else { return nil }
            offset = zone
        }
        guard text.era(&components), text.rest.isEmpty,
            let local = PostgresCalendar.microseconds(components)
        else { return nil }
        let (sum, overflow) = local.subtractingReportingOverflow(offset * 1_000_000)
        guard !overflow, sum != .max, sum != .min else { return nil }
        return .finite(sum)
    }

    private static func infinity<Finite>(_ bytes: [UInt8]) -> Value<Finite>? {
        if bytes.elementsEqual("infinity".utf8) { return .infinity }
        if bytes.elementsEqual("-infinity".utf8) { return .negativeInfinity }
        return nil
    }

    private mutating func accept(_ byte: UInt8) -> Bool {
        guard rest.first == byte else { return false }
        rest.removeFirst()
        return true
    }

    /// Reads as many digits as there are; nil if their number is not within `lengths`.
    private mutating func number(_ lengths: ClosedRange<Int>) -> Int? {
        var value = 0
        var length = 0
        while length < lengths.upperBound, let byte = rest.first, let digit = decimalDigit(byte) {
            value = value * 10 + Int(digit)
            length += 1
            rest.removeFirst()
        }
        return lengths.contains(length) ? value : nil
    }

    private mutating func date() -> PostgresDateTimeComponents? {
        guard let year = number(4...7), year > 0, accept(UInt8(ascii: "-")), let month = number(2...2),
            accept(UInt8(ascii: "-")), let day = number(2...2)
        else { return nil }
        return PostgresDateTimeComponents(year: year, month: month, day: day)
    }

    private mutating func time(_ components: inout PostgresDateTimeComponents) -> Bool {
        guard let hour = number(2...2), accept(UInt8(ascii: ":")), let minute = number(2...2),
            accept(UInt8(ascii: ":")), let second = number(2...2)
        else { return false }
        (components.hour, components.minute, components.second) = (hour, minute, second)
        guard accept(UInt8(ascii: ".")) else { return true }
        let before = rest.count
        guard var fraction = number(1...6) else { return false }
        for _ in before - rest.count..<6 { fraction *= 10 }
        components.microsecond = fraction
        return true
    }

    /// Reads a zone as seconds east of UTC.
    private mutating func zone() -> Int64? {
        let sign: Int64
        if accept(UInt8(ascii: "+")) { sign = 1 } else if accept(UInt8(ascii: "-")) { sign = -1 } else { return nil }
        guard let hours = number(2...2) else { return nil }
        var minutes = 0
        var seconds = 0
        if accept(UInt8(ascii: ":")) {
            guard let number = number(2...2), number < 60 else { return nil }
            minutes = number
            if accept(UInt8(ascii: ":")) {
                guard let number = self.number(2...2), number < 60 else { return nil }
                seconds = number
            }
        }
        return sign * Int64(hours * 3600 + minutes * 60 + seconds)
    }

    /// Turns the year into an astronomical one if ` BC` follows; false if something else does.
    private mutating func era(_ components: inout PostgresDateTimeComponents) -> Bool {
        if rest.isEmpty { return true }
        guard rest.elementsEqual(" BC".utf8) else { return false }
        rest = []
        components.year = 1 - components.year
        return true
    }

    /// Appends a number with leading zeros up to `width`.
    static func append(_ number: Int, width: Int, to text: inout String) {
        let digits = String(number)
        for _ in 0..<max(0, width - digits.utf8.count) { text.append("0") }
        text.append(digits)
    }

    /// The date; its era is not part of it, since it comes after the time and the zone.
    static func describe(year: Int, month: Int, day: Int) -> String {
        var text = ""
        append(year > 0 ? year : 1 - year, width: 4, to: &text)
        text.append("-")
        append(month, width: 2, to: &text)
        text.append("-")
        append(day, width: 2, to: &text)
        return text
    }

    /// The text of a timestamp; `zone` goes between the time and the era.
    static func describe(_ components: PostgresDateTimeComponents, zone: String) -> String {
        var text = describe(year: components.year, month: components.month, day: components.day)
        text.append(" ")
        append(components.hour, width: 2, to: &text)
        text.append(":")
        append(components.minute, width: 2, to: &text)
        text.append(":")
        append(components.second, width: 2, to: &text)
        if components.microsecond > 0 {
            text.append(".")
            var fraction = components.microsecond
            var width = 6
            while fraction.isMultiple(of: 10) {
                fraction /= 10
                width -= 1
            }
            append(fraction, width: width, to: &text)
        }
        text.append(zone)
        if components.year <= 0 { text.append(" BC") }
        return text
    }
}
