extension PostgresTSQuery.Item {
    /// How tightly it binds.
    fileprivate var priority: Int {
        switch self {
        case .or: 1
        case .and: 2
        case .phrase: 3
        case .not: 4
        case .operand: 5
        }
    }

    fileprivate var isPhrase: Bool { if case .phrase = self { true } else { false } }

    /// How many operands it has.
    var operandCount: Int {
        switch self {
        case .operand: 0
        case .not: 1
        case .and, .or, .phrase: 2
        }
    }
}

extension PostgresTSQuery: CustomStringConvertible {
    /// The query as the server prints it: `'fat' & ( 'ca':* | 'rat' )`.
    public var description: String {
        var writer = WireWriter()
        // What is still to be written, the next at the end: no recursion, however deep the query.
        var tasks: [Task] = items.isEmpty ? [] : [.item(0, parentPriority: 0, isRightOfPhrase: false)]
        let sizes = subtreeSizes
        while let task = tasks.popLast() {
            switch task {
            case .text(let text): writer.write(utf8: text)
            case .item(let index, let parentPriority, let isRightOfPhrase):
                let item = items[index]
                let needsParentheses = item.priority < parentPriority || (item.isPhrase && isRightOfPhrase)
                if needsParentheses {
                    writer.write(utf8: "( ")
                    tasks.append(.text(" )"))
                }
                switch item {
                case .operand(let operand): Self.write(operand, into: &writer)
                case .not:
                    writer.write(utf8: "!")
                    tasks.append(.item(index + 1, parentPriority: item.priority, isRightOfPhrase: false))
                case .and, .or, .phrase:
                    let left = index + 1 + sizes[index + 1]
                    tasks.append(.item(index + 1, parentPriority: item.priority, isRightOfPhrase: item.isPhrase))
                    tasks.append(.text(Self.describe(item)))
                    tasks.append(.item(left, parentPriority: item.priority, isRightOfPhrase: false))
                }
            }
        }
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    private enum Task {
        case text(String)
        case item(Int, parentPriority: Int, isRightOfPhrase: Bool)
    }

    /// For each item, how many items it is together with its operands.
    ///
    /// Items are in order whenever a query exists, which is checked where one is read.
    private var subtreeSizes: [Int] {
        var sizes = [Int](repeating: 1, count: items.count)
        var stack: [Int] = []
        for index in items.indices.reversed() {
            for _ in 0..<items[index].operandCount { sizes[index] += stack.popLast() ?? 0 }
            stack.append(sizes[index])
        }
        return sizes
    }

    private static func describe(_ item: Item) -> String {
        switch item {
        case .and: " & "
        case .or: " | "
        case .phrase(let distance): distance == 1 ? " <-> " : " <\(distance)> "
        case .not, .operand: ""
        }
    }

    private static func write(_ operand: Operand, into writer: inout WireWriter) {
        writer.write(quoted: operand.text.utf8, UInt8(ascii: "'"))
        guard operand.isPrefix || !operand.weights.isEmpty else { return }
        writer.write(UInt8(ascii: ":"))
        if operand.isPrefix { writer.write(UInt8(ascii: "*")) }
        if operand.weights.contains(.a) { writer.write(UInt8(ascii: "A")) }
        if operand.weights.contains(.b) { writer.write(UInt8(ascii: "B")) }
        if operand.weights.contains(.c) { writer.write(UInt8(ascii: "C")) }
        if operand.weights.contains(.d) { writer.write(UInt8(ascii: "D")) }
    }
}

extension PostgresTSQuery {
    /// Reads what the server prints, by two lists: what has been read, operands before their operators, and the
    /// operators that wait for their right operand.
    static func decodeText(_ reader: inout WireReader) throws(WireError) -> PostgresTSQuery {
        var scanner = PostgresTextCursor(&reader)
        var output: [Item] = []
        // nil is an opening parenthesis.
        var waiting: [Item?] = []
        if scanner.isAtEnd { return .empty }
        while true {
            while scanner.accept(UInt8(ascii: " ")) {}
            if scanner.accept(UInt8(ascii: "!")) {
                waiting.append(.not)
                continue
            }
            if scanner.accept(UInt8(ascii: "(")) {
                waiting.append(nil)
                continue
            }
            output.append(.operand(try decodeOperand(&scanner)))
            while scanner.accept(UInt8(ascii: " ")) {}
            while scanner.accept(UInt8(ascii: ")")) {
                while let item = waiting.last ?? nil {
                    output.append(item)
                    waiting.removeLast()
                }
                // The parenthesis itself.
                guard waiting.popLast() != nil else { throw .invalidValue }
                while scanner.accept(UInt8(ascii: " ")) {}
            }
            if scanner.isAtEnd { break }
            let item = try decodeOperator(&scanner)
            while let other = waiting.last ?? nil, other.priority >= item.priority {
                output.append(other)
                waiting.removeLast()
            }
            waiting.append(item)
        }
        while let last = waiting.popLast() {
            guard let last else { throw .invalidValue }
            output.append(last)
        }
        return PostgresTSQuery(items: output.reversed())
    }

    private static func decodeOperator(_ scanner: inout PostgresTextCursor) throws(WireError) -> Item {
        if scanner.accept(UInt8(ascii: "&")) { return .and }
        if scanner.accept(UInt8(ascii: "|")) { return .or }
        if scanner.accept("<->") { return .phrase(1) }
        try scanner.expect(UInt8(ascii: "<"))
        let distance = try scanner.readNumber(Int(UInt16.max))
        try scanner.expect(UInt8(ascii: ">"))
        return .phrase(UInt16(truncatingIfNeeded: distance))
    }

    private static func decodeOperand(_ scanner: inout PostgresTextCursor) throws(WireError) -> Operand {
        try scanner.expect(UInt8(ascii: "'"))
        let bytes = try scanner.readQuoted(UInt8(ascii: "'"))
        guard let text = String(validating: bytes, as: UTF8.self) else { throw .invalidUTF8 }
        guard scanner.accept(UInt8(ascii: ":")) else { return Operand(text) }
        let isPrefix = scanner.accept(UInt8(ascii: "*"))
        var weights: Set<PostgresTSVector.Weight> = []
        if scanner.accept(UInt8(ascii: "A")) { weights.insert(.a) }
        if scanner.accept(UInt8(ascii: "B")) { weights.insert(.b) }
        if scanner.accept(UInt8(ascii: "C")) { weights.insert(.c) }
        if scanner.accept(UInt8(ascii: "D")) { weights.insert(.d) }
        guard isPrefix || !weights.isEmpty else { throw .invalidValue }
        return Operand(text, weights: weights, isPrefix: isPrefix)
    }
}
