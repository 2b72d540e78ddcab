/// Reads an interval's text in the four styles in which the server writes it.
///
/// Source: PostgreSQL manual, "Interval Input" and "Interval Output"; `src/backend/utils/adt/datetime.c`
/// (`EncodeInterval`).
struct PostgresIntervalText {
    private enum Unit: Int {
        case year, month, week, day, hour, minute, second
    }

    private var text: PostgresTextCursor
    // Each unit is counted once and fits 64 bits, so that nothing here can overflow.
    private var months: Int128 = 0
    private var days: Int128 = 0
    private var microseconds: Int128 = 0
    private var seen = 0

    static func read(_ bytes: [UInt8]) -> PostgresInterval? {
        var reader = PostgresIntervalText(text: PostgresTextCursor(bytes))
        let isRead = reader.text.accept(UInt8(ascii: "P")) ? reader.readISO8601() : reader.readFields()
        guard isRead, reader.seen != 0, let months = Int32(exactly: reader.months),
            let days = Int32(exactly: reader.days), let microseconds = Int64(exactly: reader.microseconds)
        else { return nil }
        return PostgresInterval(months: months, days: days, microseconds: microseconds)
    }

    private init(text: PostgresTextCursor) {
        self.text = text
    }

    /// Counts a number of a unit; false if that unit was there before.
    private mutating func add(_ count: Int64, _ unit: Unit, microseconds fraction: Int = 0, isNegative: Bool) -> Bool {
        guard seen & 1 << unit.rawValue == 0 else { return false }
        seen |= 1 << unit.rawValue
        let sign: Int128 = isNegative ? -1 : 1
        let count = Int128(count) * sign
        switch unit {
        case .year: months += count * 12
        case .month: months += count
        case .week: days += count * 7
        case .day: days += count
        case .hour: microseconds += count * 3_600_000_000
        case .minute: microseconds += count * 60_000_000
        case .second: microseconds += count * 1_000_000 + Int128(fraction) * sign
        }
        return true
    }

    /// Reads a sign; nil if there is none.
    private mutating func sign() -> Bool? {
        if text.accept(UInt8(ascii: "-")) { return true }
        return text.accept(UInt8(ascii: "+")) ? false : nil
    }

    /// Reads what follows the `P`.
    private mutating func readISO8601() -> Bool {
        var isTime = false
        while !text.isAtEnd {
            if !isTime, text.accept(UInt8(ascii: "T")) {
                isTime = true
                // Something must follow.
                guard !text.isAtEnd else { return false }
            }
            let isNegative = sign() ?? false
            guard let count = text.number(as: Int64.self) else { return false }
            let hasFraction = text.next == UInt8(ascii: ".")
            guard let fraction = text.fraction() else { return false }
            let unit: Unit
            if text.accept(UInt8(ascii: "Y")), !isTime {
                unit = .year
            } else if text.accept(UInt8(ascii: "M")) {
                unit = isTime ? .minute : .month
            } else if text.accept(UInt8(ascii: "W")), !isTime {
                unit = .week
            } else if text.accept(UInt8(ascii: "D")), !isTime {
                unit = .day
            } else if text.accept(UInt8(ascii: "H")), isTime {
                unit = .hour
            } else if text.accept(UInt8(ascii: "S")), isTime {
                unit = .second
            } else {
                return false
            }
            guard !hasFraction || unit == .second,
                add(count, unit, microseconds: fraction, isNegative: isNegative)
            else { return false }
        }
        return true
    }

    /// Reads numbers with units, `1-2`, `3` and `04:05:06`, with blanks between them.
    private mutating func readFields() -> Bool {
        let isVerbose = text.accept(UInt8(ascii: "@"))
        if isVerbose, !text.accept(UInt8(ascii: " ")) { return false }
        // In SQL's form a sign holds for all that comes after it too.
        var inherited = false
        while true {
            text.skipBlanks()
            if text.isAtEnd { return true }
            if seen != 0, text.acceptLast("ago") {
                (months, days, microseconds) = (-months, -days, -microseconds)
                return true
            }
            let sign = sign()
            let isNegative = sign ?? inherited
            guard let count = text.number(as: Int64.self) else { return false }
            switch text.next {
            case UInt8(ascii: ":"):
                guard readTime(hours: count, isNegative: isNegative) else { return false }
            case UInt8(ascii: "-"):
                _ = text.accept(UInt8(ascii: "-"))
                guard let month = text.number(1...2), month < 12, add(count, .year, isNegative: isNegative),
                    add(Int64(month), .month, isNegative: isNegative)
                else { return false }
                inherited = isNegative
            default:
                let hasFraction = text.next == UInt8(ascii: ".")
                guard let fraction = text.fraction() else { return false }
                text.skipBlanks()
                let name = text.take { $0 != UInt8(ascii: " ") && decimalDigit($0) == nil && !Self.isSign($0) }
                guard !name.isEmpty else {
                    // Zero, or the days before a time.
                    guard !hasFraction, text.isAtEnd ? count == 0 : true, add(count, .day, isNegative: isNegative)
                    else { return false }
                    if text.isAtEnd { return true }
                    inherited = isNegative
                    guard readTime(inherited) else { return false }
                    continue
                }
                guard let unit = Self.unit(name), !hasFraction || unit == .second,
                    add(count, unit, microseconds: fraction, isNegative: isNegative)
                else { return false }
            }
        }
    }

    private static func isSign(_ byte: UInt8) -> Bool { byte == UInt8(ascii: "-") || byte == UInt8(ascii: "+") }

    /// Reads `4:05:06.7` with its sign.
    private mutating func readTime(_ inherited: Bool) -> Bool {
        let isNegative = sign() ?? inherited
        guard let hours = text.number(as: Int64.self) else { return false }
        return readTime(hours: hours, isNegative: isNegative)
    }

    /// Reads what follows the hours in `4:05:06.7`.
    private mutating func readTime(hours: Int64, isNegative: Bool) -> Bool {
        guard text.accept(UInt8(ascii: ":")), let minute = text.number(2...2), minute < 60 else { return false }
        var (second, fraction) = (0, 0)
        if text.accept(UInt8(ascii: ":")) {
            guard let number = text.number(2...2), number < 60, let part = text.fraction() else { return false }
            (second, fraction) = (number, part)
        }
        guard text.isAtEnd || text.next == UInt8(ascii: " ") else { return false }
        return add(hours, .hour, isNegative: isNegative) && add(Int64(minute), .minute, isNegative: isNegative)
            && add(Int64(second), .second, microseconds: fraction, isNegative: isNegative)
    }

    private static func unit(_ name: ArraySlice<UInt8>) -> Unit? {
        switch String(decoding: name, as: UTF8.self) {
        case "year", "years": .year
        case "mon", "mons", "month", "months": .month
        case "week", "weeks": .week
        case "day", "days": .day
        case "hour", "hours": .hour
        case "min", "mins", "minute", "minutes": .minute
        case "sec", "secs", "second", "seconds": .second
        default: nil
        }
    }
}
