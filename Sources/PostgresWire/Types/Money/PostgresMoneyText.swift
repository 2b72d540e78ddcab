/// Reads amounts of money as the server writes them in the locales of the world.
///
/// The server writes all digits down to the smallest unit, so that the units are known where the decimals are. Two after a
/// separator can be nothing else; three may be a group of digits, and are taken for decimals only after a separator of
/// another kind. An amount without decimals is one only in a currency that has none, since a person who writes `$12` does
/// not mean twelve cents.
///
/// Source: PostgreSQL, `src/backend/utils/adt/cash.c` (`cash_out`).
enum PostgresMoneyText {
    /// The number of the smallest unit; nil for text that is no amount, or that could be two.
    static func read(_ bytes: [UInt8]) -> Int64? {
        // No amount is longer, whatever its currency's name.
        guard bytes.count <= 80, let text = String(validating: bytes, as: UTF8.self) else { return nil }
        var scalars = Array(text.unicodeScalars)[...]
        var isNegative = false
        if scalars.first == "(", scalars.last == ")" {
            isNegative = true
            scalars = scalars.dropFirst().dropLast()
        }
        guard let start = scalars.firstIndex(where: { digit($0) != nil }),
            let end = scalars.lastIndex(where: { digit($0) != nil })
        else { return nil }
        var currency: [Unicode.Scalar] = []
        for part in [scalars[..<start], scalars[(end + 1)...]] {
            guard let signs = symbol(part, currency: &currency), signs == 0 || !isNegative else { return nil }
            isNegative = isNegative || signs > 0
        }
        return units(
            scalars[start...end], isNegative: isNegative,
            mayBeWhole: currency.count == 1 && currency.allSatisfy { wholeCurrencies.contains($0) })
    }

    /// The signs of the currencies that have no smaller unit: yen, won and dong.
    private static let wholeCurrencies: [Unicode.Scalar] = ["\u{A5}", "\u{FFE5}", "\u{20A9}", "\u{20AB}"]

    private static func digit(_ scalar: Unicode.Scalar) -> Int64? {
        ("0"..."9").contains(scalar) ? Int64(scalar.value) - 0x30 : nil
    }

    /// Checks what stands before or after the digits: one minus sign and one currency at most.
    ///
    /// - Returns: How many minus signs there are; nil if there is anything else.
    private static func symbol(_ part: ArraySlice<Unicode.Scalar>, currency: inout [Unicode.Scalar]) -> Int? {
        var signs = 0
        var isInName = false
        for scalar in part {
            switch scalar {
            case "-":
                signs += 1
                isInName = false
            case _ where isBlank(scalar):
                isInName = false
            case "." where isInName:
                break
            case _ where scalar.properties.generalCategory == .currencySymbol || scalar.properties.isAlphabetic:
                guard isInName || currency.isEmpty else { return nil }
                isInName = true
                currency.append(scalar)
            default:
                // A sign of another kind, for example: better nothing than an amount of the wrong sign.
                return nil
            }
        }
        return signs <= 1 ? signs : nil
    }

    private static func isBlank(_ scalar: Unicode.Scalar) -> Bool {
        scalar == " " || scalar == "\u{A0}" || scalar == "\u{202F}"
    }

    /// Reads digits with separators between them.
    private static func units(
        _ text: ArraySlice<Unicode.Scalar>, isNegative: Bool, mayBeWhole: Bool
    ) -> Int64? {
        var groups: [Int] = []
        var length = 0
        var separators: [Unicode.Scalar] = []
        var units: Int64 = 0
        for scalar in text {
            guard let digit = digit(scalar) else {
                separators.append(scalar)
                groups.append(length)
                length = 0
                continue
            }
            length += 1
            let (product, overflow) = units.multipliedReportingOverflow(by: 10)
            let (sum, carried) = product.addingReportingOverflow(isNegative ? -digit : digit)
            guard !overflow, !carried else { return nil }
            units = sum
        }
        guard separators.allSatisfy({ $0 == "." || $0 == "," || $0 == "'" || $0 == "\u{2019}" || isBlank($0) })
        else { return nil }
        let isWhole = mayBeWhole && areGroups(groups + [length], separators[...])
        let hasDecimals =
            (separators.last == "." || separators.last == ",")
            && (length == 2 || length == 3 && separators.count > 1)
            && separators.first.map { $0 != separators.last || separators.count == 1 } ?? false
            && areGroups(groups, separators.dropLast())
        return isWhole || hasDecimals ? units : nil
    }

    /// Whether all digits are before the first separator, or all after it in groups of three, with the same separator
    /// everywhere.
    private static func areGroups(_ lengths: [Int], _ separators: ArraySlice<Unicode.Scalar>) -> Bool {
        guard !separators.isEmpty else { return true }
        return separators.allSatisfy { $0 == separators.first } && (1...3).contains(lengths.first ?? 0)
            && lengths.dropFirst().allSatisfy { $0 == 3 }
    }
}
