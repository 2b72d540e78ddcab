/// A result that a workload did not expect.
struct WorkloadFailure: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}
