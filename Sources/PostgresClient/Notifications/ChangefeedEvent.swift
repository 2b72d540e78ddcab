/// What a ``ChangefeedStream`` tells.
public enum ChangefeedEvent: Sendable, Hashable {
    /// A row was written or deleted; the same change may be told more than once.
    case change(ChangefeedChange)
    /// Every change before this moment has been told. The moment is CockroachDB's own number for it, to be given as
    /// ``ChangefeedOptions/cursor`` by whoever goes on from there.
    case resolved(String)
}
