/// What runs statements on one and the same session, so that what one of them leaves behind is there for the next: a
/// ``Connection`` and a transaction, and not a pool.
public protocol SessionProvider: ConnectionProvider {}

extension Connection: SessionProvider {}
