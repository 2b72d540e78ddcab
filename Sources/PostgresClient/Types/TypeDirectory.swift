import Synchronization

/// What is known of the types that only one database has, shared by all connections to it.
///
/// Filled when somebody needs it: connecting asks nothing. Types do not change under their number, but a name can become
/// another type's: what a name stands for is forgotten as soon as the server refuses the number.
final class TypeDirectory: Sendable {
    private struct State {
        var catalog = PostgresTypeCatalog()
        /// Keyed by the bytes of the name as it was asked for.
        var numbers: [[UInt8]: PostgresOID] = [:]
    }

    private let state = Mutex(State())

    /// Everything that is known.
    var catalog: PostgresTypeCatalog { state.withLock { $0.catalog } }

    /// The number of a type, if it was looked up.
    func number(of name: Identifier) -> PostgresOID? {
        let key = Self.key(name)
        return state.withLock { $0.numbers[key] }
    }

    func learn(_ name: Identifier, _ number: PostgresOID) {
        let key = Self.key(name)
        state.withLock { $0.numbers[key] = number }
    }

    func learn(_ entries: [(PostgresOID, PostgresTypeCatalog.Entry)]) {
        state.withLock { state in
            for (type, entry) in entries { state.catalog[type] = entry }
        }
    }

    /// Forgets everything: a number that was looked up is no type any more, and others may be the next.
    func forget() {
        state.withLock { $0 = State() }
    }

    private static func key(_ name: Identifier) -> [UInt8] {
        // A schema's name holds no NUL.
        Array((name.schema ?? "").utf8) + [0] + Array(name.name.utf8)
    }
}
