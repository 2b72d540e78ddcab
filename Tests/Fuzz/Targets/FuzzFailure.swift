/// A property that an input has shown not to hold.
struct FuzzFailure: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}

/// Fails with `what` unless `condition` holds.
func require(_ condition: Bool, _ what: @autoclosure () -> String) throws(FuzzFailure) {
    guard condition else { throw FuzzFailure(what()) }
}
