/// An amount of money, as PostgreSQL's `money` holds it: a whole number of the currency's smallest unit.
///
/// The currency, and whether its smallest unit is a cent or something else, is the server's setting `lc_monetary`, of
/// which the bytes say nothing. So an amount is exact in binary; as text it is read only where one reading is possible,
/// `12,34 €` for example, but not `1.234 €`.
///
/// ```swift
/// let price = PostgresMoney(units: 123_456)
/// print(price)  // $1,234.56
/// ```
///
/// Source: PostgreSQL manual, "Monetary Types"; `src/backend/utils/adt/cash.c` (`cash_send`, `cash_out`).
public struct PostgresMoney: Hashable, Sendable {
    /// The number of the currency's smallest unit: cents, where `lc_monetary` is `C` or `en_US`.
    public let units: Int64

    public init(units: Int64) {
        self.units = units
    }
}

extension PostgresMoney: Comparable {
    public static func < (left: PostgresMoney, right: PostgresMoney) -> Bool { left.units < right.units }
}

extension PostgresMoney: PostgresScalar {
    public static var postgresType: PostgresOID { .money }

    /// The amount as the server writes it where `lc_monetary` is `C`: dollars and cents, `-$1,234.56`.
    public var description: String {
        let magnitude = units.magnitude
        var whole = String(magnitude / 100)
        var text = ""
        while whole.utf8.count > 3 {
            text = "," + whole.suffix(3) + text
            whole.removeLast(3)
        }
        text = (units < 0 ? "-$" : "$") + whole + text + "."
        PostgresDateTimeText.append(magnitude % 100, width: 2, to: &text)
        return text
    }

    /// Reads an amount as the server writes it in one currency or another; nil for any other text, and for one that
    /// means different amounts in different currencies: `1.234` is a thousand of something, or a fraction of one.
    public init?(utf8: [UInt8]) {
        guard let units = PostgresMoneyText.read(utf8) else { return nil }
        self.units = units
    }

    public init(binary reader: inout WireReader) throws(WireError) {
        units = try reader.readInt64()
    }

    public func encode(into writer: inout WireWriter) {
        writer.write(units)
    }
}
