/// What can name a table: a `String`, which is one name, or an ``Identifier``, which may be schema and name.
public protocol IdentifierConvertible: Sendable {
    /// The name, quoted when it is written into SQL.
    var identifier: Identifier { get }
}

extension String: IdentifierConvertible {
    public var identifier: Identifier { Identifier(self) }
}

extension Identifier: IdentifierConvertible {
    public var identifier: Identifier { self }
}
