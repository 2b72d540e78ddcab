/// The question by which process a session is served, asked in the middle of an operation that seldom needs to: in memory of
/// its own, so that no other statement carries its size around.
final class StatementProbe {
    var question: SimpleQueryOperation

    init(_ core: ConnectionCore) {
        question = SimpleQueryOperation(core, ConnectionCore.processQuestion)
    }
}
