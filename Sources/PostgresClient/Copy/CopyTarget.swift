/// The columns that rows are copied into.
struct CopyTarget {
    let names: [String]
    /// Their types, as binary needs them; nil for text and CSV, where the server reads what it finds.
    let types: RowColumns?
    let conversion: CopyConversion

    init(_ names: [String], _ types: RowColumns?) {
        self.names = names
        self.types = types
        conversion = CopyConversion(types?.catalog ?? PostgresTypeCatalog())
    }

    var count: Int { names.count }

    func type(of index: Int) -> PostgresOID {
        guard let types, types.types.indices.contains(index) else { return .unspecified }
        return types.types[index].type
    }

    /// A column in an error.
    func name(of index: Int) -> String {
        guard names.indices.contains(index) else { return "column \(index)" }
        let name = "column \(index) (\"\(names[index])\")"
        return types.map { "\(name) of type \($0.typeName(of: index))" } ?? name
    }

    /// That a row has another number of values.
    func mismatch(_ count: Int, row: Int) -> PostgresError {
        let names = names.map { "\"\($0)\"" }.joined(separator: ", ")
        return PostgresError(
            .encodingFailed, "row \(row) has \(count) values for \(self.count) columns (\(names))")
    }
}
