import Manticore

/// Results as JSON: for each an array of objects, a row a line; without a result an object with the server's tag.
///
/// Numbers, truth values, arrays and documents are what they are in JSON, by their types, whatever the session's settings;
/// everything else is a string as the server would write it, among that the numbers that JSON has no word for (`NaN`,
/// `Infinity`).
struct JSONWriter: ResultWriter {
    private let print: (String) -> Void
    private var text = ""
    private var names: [String] = []
    private var count = 0

    /// - Parameter print: Takes what is to be printed, a good many lines at a time.
    init(_ print: @escaping (String) -> Void) {
        self.print = print
    }

    mutating func begin(_ columns: RowColumns) {
        names = []
        // Two members of one name would be one to most readers.
        var taken = Set(columns.descriptions.map(\.name))
        var uses: [String: Int] = [:]
        for column in columns.descriptions {
            var name = column.name
            var number = uses[name, default: 0] + 1
            if number > 1 {
                repeat {
                    name = "\(column.name) (\(number))"
                    number += taken.contains(name) ? 1 : 0
                } while taken.contains(name)
                taken.insert(name)
            }
            uses[column.name] = number
            names.append(name)
        }
        count = 0
        text += "["
    }

    mutating func row(_ row: Row) throws(PostgresError) {
        var members: [(String, JSON)] = []
        members.reserveCapacity(names.count)
        let cells = try row.cells()
        for (index, name) in names.enumerated() { members.append((name, try JSON.value(cells, index))) }
        text += (count == 0 ? "\n " : ",\n ") + JSON.members(members).compact
        count += 1
        if text.utf8.count > 1 << 16 { finish() }
    }

    mutating func end(hasRows: Bool, _ tag: CommandTag?) {
        if hasRows {
            text += count == 0 ? "]\n" : "\n]\n"
        } else if let tag {
            text += JSON.members([("tag", .string(tag.description))]).compact + "\n"
        }
    }

    mutating func finish() {
        if !text.isEmpty { print(text) }
        text = ""
    }
}
