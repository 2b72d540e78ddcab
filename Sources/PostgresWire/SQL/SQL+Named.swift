extension SQL {
    /// Takes text made at run time as SQL, with parameters by name: `:name` stands for a value.
    ///
    /// For statements that are kept in files. A name may stand in several places and is one parameter; in strings,
    /// quoted names and comments a colon is only a colon, and `::` is the type cast that it always is.
    ///
    /// ```swift
    /// let text = "SELECT name FROM users WHERE age > :age AND (:city::text IS NULL OR city = :city)"
    /// let query = SQL(unsafeSQL: text, named: ["age": 30, "city": nil])
    /// // SELECT name FROM users WHERE age > $1 AND ($2::text IS NULL OR city = $2)
    /// ```
    ///
    /// A name without a value, or a value whose name is not in the text, makes ``render()`` throw. The slice `a[1:n]` of
    /// an array is written `a[1: n]`.
    ///
    /// - Parameters:
    ///   - text: The statement. Whoever can choose it can run anything: it must not come from a user or the network.
    ///   - parameters: The values by name, `nil` for NULL.
    public init(unsafeSQL text: String, named parameters: KeyValuePairs<String, (any PostgresEncodable)?>) {
        self.init()
        do throws(PostgresError) {
            try take(text, parameters)
        } catch {
            fail(error.with(statement: text))
        }
    }

    private mutating func take(
        _ text: String, _ parameters: KeyValuePairs<String, (any PostgresEncodable)?>
    ) throws(PostgresError) {
        // Keyed by bytes: Swift's `==` would take two spellings of an accented letter for one.
        var values: [[UInt8]: any PostgresEncodable] = [:]
        for (name, value) in parameters {
            guard values.updateValue(value ?? SQLNull(), forKey: Array(name.utf8)) == nil else {
                throw PostgresError(.invalidArgument, "there are two values for the parameter :\(name)")
            }
        }
        let bytes = Array(text.utf8)
        var numbers: [[UInt8]: Int] = [:]
        // How much of the text has been taken over.
        var taken = 0
        var colon: Int?
        for token in SQLLexer(bytes) {
            let colonBefore = colon
            colon = token.kind == .colon ? token.range.lowerBound : nil
            if token.kind == .parameter {
                let number = String(decoding: bytes[token.range], as: UTF8.self)
                throw PostgresError(
                    .invalidArgument, "the statement has a parameter \(number); those beside it have names")
            }
            guard let colonBefore, token.kind == .word else { continue }
            let name = Array(bytes[token.range])
            guard let value = values[name] else {
                let name = String(decoding: name, as: UTF8.self)
                throw PostgresError(.invalidArgument, "there is no value for the parameter :\(name)")
            }
            append(text: String(decoding: bytes[taken..<colonBefore], as: UTF8.self))
            if let number = numbers[name] {
                append(parameter: number)
            } else {
                append(value)
                numbers[name] = bindings.count
            }
            taken = token.range.upperBound
        }
        append(text: String(decoding: bytes[taken...], as: UTF8.self))
        if let unused = parameters.first(where: { numbers[Array($0.key.utf8)] == nil }) {
            throw PostgresError(
                .invalidArgument, "there is a value for :\(unused.key), which the statement does not mention")
        }
    }
}
