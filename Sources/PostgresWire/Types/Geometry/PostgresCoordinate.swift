/// A number that is equal to itself even if it is none.
struct PostgresCoordinate: Hashable {
    private let value: Double

    init(_ value: Double) {
        self.value = value
    }

    static func == (left: PostgresCoordinate, right: PostgresCoordinate) -> Bool {
        left.value == right.value || left.value.isNaN && right.value.isNaN
    }

    func hash(into hasher: inout Hasher) {
        hasher.combine(value.isNaN ? .nan : value)
    }

    /// Whether one number is less than another in the server's order, where NaN is greater than all others.
    static func isLess(_ left: Double, _ right: Double) -> Bool {
        left < right || !left.isNaN && right.isNaN
    }
}
