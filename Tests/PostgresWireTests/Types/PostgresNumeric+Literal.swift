public import PostgresWire
import Testing

/// Numbers in tests' tables; a literal that is none fails the test, where the library must neither trap nor guess.
extension PostgresNumeric: ExpressibleByStringLiteral {
    public init(stringLiteral text: StaticString) {
        guard let number = PostgresNumeric(text.description) else {
            Issue.record("no number: \(text)")
            self = .nan
            return
        }
        self = number
    }
}
