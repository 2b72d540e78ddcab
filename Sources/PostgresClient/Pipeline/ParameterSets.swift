/// The sets of values of `executeMany`, taken one after the other from a sequence.
struct ParameterSets {
    /// The values of the first set, which say what the types of all are; nil if there is none.
    let first: [any PostgresEncodable]?
    /// Writes set after set.
    let feed: (BindTemplate) -> ManyOperation.Feed

    init<each Parameter: PostgresEncodable>(_ rows: some Sequence<(repeat each Parameter)>) {
        let source = Source(rows)
        if let next = source.next {
            var values: [any PostgresEncodable] = []
            repeat values.append(each next)
            first = values
        } else {
            first = nil
        }
        feed = { bind in
            { (writer) throws(PostgresError) in
                guard let row = source.next else { return false }
                try bind.write(into: &writer, repeat each row)
                source.advance()
                return true
            }
        }
    }

    init<Parameter: PostgresEncodable>(single rows: some Sequence<Parameter>) {
        let source = Source(rows)
        first = source.next.map { [$0] }
        feed = { bind in
            { (writer) throws(PostgresError) in
                guard let value = source.next else { return false }
                try bind.write(into: &writer, value)
                source.advance()
                return true
            }
        }
    }

    /// A sequence of which the next element can be looked at.
    private final class Source<Iterator: IteratorProtocol> {
        private var iterator: Iterator
        private(set) var next: Iterator.Element?

        init<Rows: Sequence>(_ rows: Rows) where Rows.Iterator == Iterator {
            iterator = rows.makeIterator()
            next = iterator.next()
        }

        func advance() {
            next = iterator.next()
        }
    }
}
