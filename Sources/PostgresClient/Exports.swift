// Whoever imports a layer holds the types of those below it, so they come along.
@_exported public import PostgresWire
