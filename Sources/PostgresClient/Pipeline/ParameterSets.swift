/// The sets of values of `executeMany`, taken one after the other from a sequence of tuples.
final class ParameterSets<Iterator: IteratorProtocol, each Parameter: PostgresEncodable>
where Iterator.Element == (repeat each Parameter) {
    private var iterator: Iterator
    private var next: (repeat each Parameter)?

    init<Rows: Sequence>(_ rows: Rows) where Rows.Iterator == Iterator {
        iterator = rows.makeIterator()
        next = iterator.next()
    }

    /// The values of the first set, which say what the types of all are; nil if there is none.
    var first: [any PostgresEncodable]? {
        guard let next else { return nil }
        var values: [any PostgresEncodable] = []
        repeat values.append(each next)
        return values
    }

    /// Writes set after set.
    func feed(_ bind: BindTemplate) -> ManyOperation.Feed {
        { (writer) throws(PostgresError) in
            guard let row = self.next else { return false }
            try bind.write(into: &writer, repeat each row)
            self.next = self.iterator.next()
            return true
        }
    }
}
