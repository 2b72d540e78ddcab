/// The form of the operations that are measured.
enum Face: String {
    case blocking
    case async
    /// Blocking, with what the connections of one pool share.
    case cached
    /// Blocking, with what is sent made before.
    case prebuilt
}
