extension PostgresTextCursor {
    /// Reads `2024-02-29`, whatever the numbers are.
    mutating func date() -> PostgresDateTimeComponents? {
        guard let year = number(4...7), year > 0, accept(UInt8(ascii: "-")), let month = number(2...2),
            accept(UInt8(ascii: "-")), let day = number(2...2)
        else { return nil }
        return PostgresDateTimeComponents(year: year, month: month, day: day)
    }

    /// Reads `12:34:56.789` into the fields of a time, whatever the numbers are.
    mutating func time(_ components: inout PostgresDateTimeComponents) -> Bool {
        guard let hour = number(2...2), accept(UInt8(ascii: ":")), let minute = number(2...2),
            accept(UInt8(ascii: ":")), let second = number(2...2), let microsecond = fraction()
        else { return false }
        (components.hour, components.minute, components.second) = (hour, minute, second)
        components.microsecond = microsecond
        return true
    }

    /// Reads `12:34:56.789` as a time of day, of which 24:00:00 is the last.
    mutating func timeOfDay() -> PostgresTime? {
        var fields = PostgresDateTimeComponents(year: 1, month: 1, day: 1)
        guard time(&fields) else { return nil }
        return PostgresTime(
            hour: fields.hour, minute: fields.minute, second: fields.second, microsecond: fields.microsecond)
    }

    /// Reads a point and one to six digits as microseconds; 0 if there is no point.
    mutating func fraction() -> Int? {
        guard accept(UInt8(ascii: ".")) else { return 0 }
        let before = rest.count
        guard var fraction = number(1...6) else { return nil }
        for _ in before - rest.count..<6 { fraction *= 10 }
        return fraction
    }

    /// Reads a zone as seconds east of UTC.
    mutating func zone() -> Int? {
        let sign: Int
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
        return sign * (hours * 3600 + minutes * 60 + seconds)
    }

    /// Turns the year into an astronomical one if ` BC` follows; false if something else does.
    mutating func era(_ components: inout PostgresDateTimeComponents) -> Bool {
        if isAtEnd { return true }
        guard acceptLast(" BC") else { return false }
        components.year = 1 - components.year
        return true
    }
}
