/// The two forms of every operation.
enum Face: String, CaseIterable {
    case blocking
    case async
}
