extension SQL: ExpressibleByStringInterpolation {
    /// Takes a literal as it stands. For text made at run time there is ``init(unsafeSQL:)``.
    public init(stringLiteral text: String) {
        self.init(unsafeSQL: text)
    }

    public init(stringInterpolation: StringInterpolation) {
        self = stringInterpolation.sql
    }

    /// Collects the parts of an interpolated literal.
    public struct StringInterpolation: StringInterpolationProtocol, Sendable {
        var sql = SQL()

        public init(literalCapacity: Int, interpolationCount: Int) {
            sql.reserveCapacity(text: literalCapacity + 3 * interpolationCount, bindings: interpolationCount)
        }

        /// Appends a part of the literal.
        public mutating func appendLiteral(_ literal: String) {
            sql.append(text: literal)
        }

        /// Appends a value as a parameter.
        public mutating func appendInterpolation<Value: PostgresEncodable>(_ value: Value) {
            sql.append(value as any PostgresEncodable)
        }

        /// Appends a value as a parameter, `nil` as NULL.
        public mutating func appendInterpolation<Value: PostgresEncodable>(_ value: Value?) {
            sql.append(value.map { $0 as any PostgresEncodable })
        }

        /// Appends a value whose type is known at run time only as a parameter, `nil` as NULL.
        @_disfavoredOverload
        public mutating func appendInterpolation(_ value: (any PostgresEncodable)?) {
            sql.append(value)
        }

        /// Appends SQL with its parameters, numbered on from those before it.
        public mutating func appendInterpolation(_ fragment: SQL) {
            sql.append(fragment)
        }

        /// Appends one name, quoted. Empty or with a NUL byte, it makes ``SQL/render()`` throw.
        public mutating func appendInterpolation(identifier name: String) {
            sql.append(Identifier(name))
        }

        /// Appends a name, quoted. Empty or with a NUL byte, it makes ``SQL/render()`` throw.
        public mutating func appendInterpolation(identifier: Identifier) {
            sql.append(identifier)
        }

        /// Appends what can stand after `IN`: a subquery over one array, sent as one parameter.
        ///
        /// An empty list matches nothing, and any number of elements is one statement text. The array's type is the
        /// one that its elements declare, `text[]` if they declare none: for strings compared with a `uuid` or an enum
        /// write `= ANY(\(ids))`.
        ///
        /// ```swift
        /// let query: SQL = "SELECT name FROM users WHERE id IN \(list: [1, 2, 3])"
        /// // SELECT name FROM users WHERE id IN (SELECT unnest($1))
        /// ```
        public mutating func appendInterpolation<Element: PostgresArrayEncodable>(list: [Element]) {
            sql.append(text: "(SELECT unnest(")
            sql.append(list as any PostgresEncodable)
            // There is an unnest for every type of array and nothing to choose by, so that one must be named.
            sql.append(text: list.postgresType == .unspecified ? "::\(list.postgresFallbackType)))" : "))")
        }

        /// Appends text made at run time as SQL, as it is.
        ///
        /// Whoever can choose the text can run any statement: it must not come from a user, a file or the network.
        public mutating func appendInterpolation(unsafeSQL text: String) {
            sql.append(text: text)
        }
    }
}
