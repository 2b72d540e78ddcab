import Manticore

/// What a workload runs on.
struct Bench {
    let connection: Connection
    /// The pool that the connection is from.
    let database: Database
    let url: String
    let name: String
    let face: Face
}
