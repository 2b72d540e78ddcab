import Synchronization

/// What is known of the types that only one database has, shared by all connections to it.
///
/// Filled when somebody needs it: connecting asks nothing. Types do not change under their number, but a name can become
/// another type's: what a name stands for is forgotten as soon as the server refuses the number.
///
/// A name without a schema is looked for along the session's `search_path`. Such names are kept under the path, as far as
/// the server reports it, and only sessions that have the path that they began with share them: ``SessionTypeNames``.
final class TypeDirectory: Sendable {
    private struct State {
        var catalog = PostgresTypeCatalog()
        var numbers: [TypeNameKey: PostgresOID] = [:]
        /// The types that have the bytes of a built-in one, and which that is.
        var builtIn: [PostgresOID: PostgresOID] = [:]
        /// The types that the server was asked for and did not know.
        var absent: Set<PostgresOID> = []
    }

    private let state = Mutex(State())

    /// Everything that is known.
    var catalog: PostgresTypeCatalog { state.withLock { $0.catalog } }

    /// The built-in type whose values have the same bytes; nil if there is none, or nobody has looked the type up.
    func builtInType(like type: PostgresOID) -> PostgresOID? {
        state.withLock { $0.builtIn[type] }
    }

    /// Whether nobody has looked up one of these.
    func lacks(_ types: some Sequence<PostgresOID>) -> Bool {
        state.withLock { state in types.contains { state.catalog[$0] == nil } }
    }

    /// Whether one of these is not known, and the server has not been asked for it in vain either.
    func isToBeAsked(for types: some Sequence<PostgresOID>) -> Bool {
        state.withLock { state in types.contains { state.catalog[$0] == nil && !state.absent.contains($0) } }
    }

    /// Takes notice of types that the server was asked for: those that are still not known are not asked for again unless
    /// something cannot be read without.
    func noteAsked(_ types: some Sequence<PostgresOID>) {
        state.withLock { state in
            for type in types where state.catalog[type] == nil {
                // As many as a hostile server makes up need not be kept.
                if state.absent.count >= 1024 { state.absent.removeAll() }
                state.absent.insert(type)
            }
        }
    }

    /// The number of a type, if it was looked up.
    func number(of name: TypeNameKey) -> PostgresOID? {
        state.withLock { $0.numbers[name] }
    }

    func learn(_ name: TypeNameKey, _ number: PostgresOID) {
        state.withLock { $0.numbers[name] = number }
    }

    func learn(_ entries: [(PostgresOID, PostgresTypeCatalog.Entry)]) {
        state.withLock { state in
            for (type, entry) in entries { state.catalog[type] = entry }
            // What these are made of may have come in an earlier round, or come in this one.
            for type in state.catalog.types { state.builtIn[type] = state.catalog.builtInType(like: type) }
        }
    }

    /// Forgets what names stand for.
    func forgetNames() {
        state.withLock { $0.numbers = [:] }
    }

    /// Forgets everything: a number that was looked up is no type any more, and others may be the next.
    func forget() {
        state.withLock { $0 = State() }
    }
}
