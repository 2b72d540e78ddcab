/// What a statement needs to know of its columns' types before it is executed, and whether it has asked for that.
///
/// Most statements need nothing, and hold none.
final class TypeInquiry {
    private let missingTypes: (RowColumns) -> [PostgresOID]?
    private var hasAsked = false
    private var wanted: [PostgresOID]?

    /// What the server said of the statement before it paused, where nothing else keeps that.
    var described: StatementDescription?

    /// - Parameter missingTypes: Which types of the columns are to be looked up, if any.
    init(_ missingTypes: @escaping (RowColumns) -> [PostgresOID]?) {
        self.missingTypes = missingTypes
    }

    /// Whether types of these columns are to be looked up first; says so once.
    func asks(for columns: RowColumns) -> Bool {
        guard !hasAsked, let types = missingTypes(columns) else { return false }
        hasAsked = true
        wanted = types
        return true
    }

    /// The types that are asked for, if nobody has taken them yet.
    func takeWanted() -> [PostgresOID]? {
        defer { wanted = nil }
        return wanted
    }

    func takeDescribed() -> StatementDescription? {
        defer { described = nil }
        return described
    }
}
