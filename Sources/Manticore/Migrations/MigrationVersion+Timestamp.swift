package import PostgresWire

extension MigrationVersion {
    /// The version of a migration that is written now: 14 digits of UTC, later than all that exist.
    ///
    /// - Parameters:
    ///   - now: the time, in UTC; its fraction of a second is dropped.
    ///   - existing: the versions that are taken.
    /// - Returns: `now`, or one second after the highest existing version if that is later.
    /// - Throws: ``PostgresError`` with ``PostgresError/Code-swift.struct/migrationFile`` if the highest version is
    ///   later than now and is no time after which there could be another of 14 digits.
    package static func timestamp(
        at now: PostgresTimestamp, after existing: some Sequence<MigrationVersion>
    ) throws(PostgresError) -> MigrationVersion {
        guard let current = MigrationVersion(now) else {
            throw PostgresError(.invalidArgument, "the clock says \(now), for which there is no version of 14 digits")
        }
        guard let highest = existing.max(), highest >= current else { return current }
        if let time = highest.timestamp,
            let next = MigrationVersion(
                PostgresTimestamp(microsecondsSince2000: time.microsecondsSince2000 + 1_000_000))
        {
            return next
        }
        throw PostgresError(
            .migrationFile,
            "the highest version in the folder is \(highest), which is later than now (\(current)) but is not a time "
                + "of 14 digits (YYYYMMDDhhmmss); rename that file, or write the new one by hand with a higher version")
    }

    /// 14 digits of a time; nil for times that do not fit.
    private init?(_ time: PostgresTimestamp) {
        guard let fields = time.components, (1...9999).contains(fields.year) else { return nil }
        var text = Self.padded(fields.year, 4)
        for field in [fields.month, fields.day, fields.hour, fields.minute, fields.second] {
            text += Self.padded(field, 2)
        }
        self.init(text)
    }

    private static func padded(_ number: Int, _ length: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, length - digits.utf8.count)) + digits
    }

    /// The time that 14 digits stand for; nil for every other version, and if there is no such time.
    private var timestamp: PostgresTimestamp? {
        let digits = Array(text.utf8)
        guard digits.count == 14, !digits.contains(UInt8(ascii: ".")) else { return nil }
        func number(_ range: Range<Int>) -> Int { digits[range].reduce(0) { $0 * 10 + Int($1 - 0x30) } }
        return PostgresTimestamp(
            PostgresDateTimeComponents(
                year: number(0..<4), month: number(4..<6), day: number(6..<8), hour: number(8..<10),
                minute: number(10..<12), second: number(12..<14)))
    }
}
