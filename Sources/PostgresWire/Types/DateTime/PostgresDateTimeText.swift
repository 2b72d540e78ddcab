/// Dates and times in ISO style, the one that a session of this package asks the server for.
///
/// Source: PostgreSQL manual, "Date/Time Output".
enum PostgresDateTimeText {
    /// What a text says.
    enum Value<Finite> {
        case finite(Finite)
        case infinity
        case negativeInfinity
    }

    /// Reads `2024-02-29` or `0044-03-15 BC` as days since 2000-01-01.
    static func date(_ bytes: [UInt8]) -> Value<Int64>? {
        if let infinity: Value<Int64> = infinity(bytes) { return infinity }
        var text = PostgresTextCursor(bytes)
        guard var date = text.date(), text.era(&date), text.isAtEnd else { return nil }
        return PostgresCalendar.day(year: date.year, month: date.month, day: date.day).map { .finite($0) }
    }

    /// Reads `2024-02-29 12:34:56.789`, with a zone such as `+00` or `-03:30` after it if `hasZone`, as microseconds
    /// since 2000-01-01 00:00:00, in UTC if there is a zone.
    static func timestamp(_ bytes: [UInt8], hasZone: Bool) -> Value<Int64>? {
        if let infinity: Value<Int64> = infinity(bytes) { return infinity }
        var text = PostgresTextCursor(bytes)
        guard var components = text.date(), text.accept(UInt8(ascii: " ")), text.time(&components) else { return nil }
        var offset: Int64 = 0
        if hasZone {
            guard let zone = text.zone() else { return nil }
            offset = Int64(zone)
        }
        guard text.era(&components), text.isAtEnd, let local = PostgresCalendar.microseconds(components)
        else { return nil }
        let (sum, overflow) = local.subtractingReportingOverflow(offset * 1_000_000)
        guard !overflow, sum != .max, sum != .min else { return nil }
        return .finite(sum)
    }

    static func infinity<Finite>(_ bytes: [UInt8]) -> Value<Finite>? {
        if bytes.elementsEqual("infinity".utf8) { return .infinity }
        if bytes.elementsEqual("-infinity".utf8) { return .negativeInfinity }
        return nil
    }

    /// Appends a number with leading zeros up to `width`.
    static func append(_ number: some BinaryInteger, width: Int, to text: inout String) {
        let digits = String(number)
        for _ in 0..<max(0, width - digits.utf8.count) { text.append("0") }
        text.append(digits)
    }

    /// Appends a point and the digits of the fraction without trailing zeros; nothing for 0.
    static func append(microsecond: some BinaryInteger, to text: inout String) {
        guard microsecond > 0 else { return }
        text.append(".")
        var fraction = microsecond
        var width = 6
        while fraction.isMultiple(of: 10) {
            fraction /= 10
            width -= 1
        }
        append(fraction, width: width, to: &text)
    }

    /// Appends `12:34:56.789`; the hours have as many digits as they need, and at least two.
    static func append(time microseconds: UInt64, to text: inout String) {
        append(microseconds / 3_600_000_000, width: 2, to: &text)
        text.append(":")
        append(microseconds / 60_000_000 % 60, width: 2, to: &text)
        text.append(":")
        append(microseconds / 1_000_000 % 60, width: 2, to: &text)
        append(microsecond: microseconds % 1_000_000, to: &text)
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
        append(microsecond: components.microsecond, to: &text)
        text.append(zone)
        if components.year <= 0 { text.append(" BC") }
        return text
    }

    /// Appends a zone, given in seconds east of UTC: `+00`, `-03:30`, `+00:19:32`.
    static func append(zone seconds: Int32, to text: inout String) {
        let magnitude = seconds.magnitude
        text.append(seconds < 0 ? "-" : "+")
        append(magnitude / 3600, width: 2, to: &text)
        guard !magnitude.isMultiple(of: 3600) else { return }
        text.append(":")
        append(magnitude / 60 % 60, width: 2, to: &text)
        guard !magnitude.isMultiple(of: 60) else { return }
        text.append(":")
        append(magnitude % 60, width: 2, to: &text)
    }
}
