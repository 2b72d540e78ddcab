/// In which format the values of a result are asked for.
///
/// Binary is exact, shorter and cheaper to read, and therefore the default. Text is what the server itself would show,
/// under the session's settings: `money` with its currency, `regclass` as a name.
///
/// ```swift
/// connection.resultFormats = ResultFormats { $0 == .money ? .text : .binary }
/// ```
///
/// Types without a binary form (`aclitem`, `gtsvector`) are asked for as text whatever is chosen, and so are types that
/// only this database has, which need not have one.
public struct ResultFormats: Sendable {
    private let choose: @Sendable (PostgresOID) -> PostgresFormat

    /// - Parameter choose: The format for a type; asked once for each column of a statement.
    public init(_ choose: @escaping @Sendable (PostgresOID) -> PostgresFormat) {
        self.choose = choose
    }

    /// Binary wherever there is such a form.
    public static let binary = ResultFormats { _ in .binary }

    /// Text for everything.
    public static let text = ResultFormats { _ in .text }

    /// The format to ask for.
    func format(for type: PostgresOID) -> PostgresFormat {
        switch type {
        // These have no send function; asking for it fails at the first row.
        case .aclitem, .aclitemArray, .gtsvector, .gtsvectorArray: .text
        // Nor need a type have one that only this database has, or the fields of a table's row.
        case _ where !type.isBuiltIn || type.isRowOfCatalog: .text
        // The column of `pg_stats` that holds arrays of any type, those among them.
        case .anyarray: .text
        default: choose(type)
        }
    }
}
