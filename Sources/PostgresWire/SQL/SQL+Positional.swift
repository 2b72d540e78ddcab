extension SQL {
    /// Takes text made at run time as SQL, with parameters by number: `$1` stands for the first value.
    ///
    /// ```swift
    /// let query = SQL(unsafeSQL: "SELECT name FROM users WHERE age > $1 AND age < 2 * $1", parameters: [30])
    /// ```
    ///
    /// A number without a value, or a value whose number is not in the text, makes ``render()`` throw.
    ///
    /// - Parameters:
    ///   - text: The statement. Whoever can choose it can run anything: it must not come from a user or the network.
    ///   - parameters: The values, `nil` for NULL.
    public init(unsafeSQL text: String, parameters: [(any PostgresEncodable)?]) {
        self.init()
        do throws(PostgresError) {
            try take(text, parameters)
        } catch {
            fail(error.with(statement: text))
        }
    }

    private mutating func take(_ text: String, _ parameters: [(any PostgresEncodable)?]) throws(PostgresError) {
        let bytes = Array(text.utf8)
        // The numbers are the values' places already; a value that is mentioned twice is one.
        setBindings(parameters.map { $0 ?? SQLNull() })
        var isMentioned = parameters.map { _ in false }
        var taken = 0
        for token in SQLLexer(bytes) where token.kind == .parameter {
            let digits = String(decoding: bytes[token.range].dropFirst(), as: UTF8.self)
            guard let number = Int(digits), parameters.indices.contains(number - 1) else {
                throw PostgresError(
                    .invalidArgument,
                    "the statement has a parameter $\(digits), and \(Self.count(parameters.count, "value")) given")
            }
            append(text: String(decoding: bytes[taken..<token.range.lowerBound], as: UTF8.self))
            append(parameter: number)
            isMentioned[number - 1] = true
            taken = token.range.upperBound
        }
        append(text: String(decoding: bytes[taken...], as: UTF8.self))
        if let unused = isMentioned.firstIndex(of: false) {
            throw PostgresError(
                .invalidArgument,
                "\(Self.count(parameters.count, "value")) given, but the statement does not mention $\(unused + 1)")
        }
    }

    private static func count(_ count: Int, _ noun: String) -> String {
        count == 1 ? "1 \(noun) is" : "\(count) \(noun)s are"
    }
}
