extension PostgresTSQuery {
    /// The query as a tree, in which a chain of equal operators, `a & b & c`, is one node; nil for the empty query.
    ///
    /// - Throws: ``WireError/nestedTooDeeply`` for a tree of more than 64 levels.
    public func tree() throws(WireError) -> Node? {
        // From the last item to the first, operands come before their operators, and left ones before right ones.
        var stack: [Part] = []
        for item in items.reversed() {
            var part: Part
            switch item {
            case .operand(let operand): part = Part(node: .lexeme(operand), depth: 1)
            case .not:
                guard let operand = stack.popLast() else { throw .invalidValue }
                part = Part(node: .not(operand.finish()), depth: operand.depth + 1)
            case .and, .or:
                guard let right = stack.popLast(), let left = stack.popLast() else { throw .invalidValue }
                part = left
                part.append(right, by: item)
            case .phrase(let distance):
                guard let right = stack.popLast(), let left = stack.popLast() else { throw .invalidValue }
                part = Part(
                    node: .phrase(left.finish(), right.finish(), distance: distance),
                    depth: max(left.depth, right.depth) + 1)
            }
            guard part.depth <= Int(WireReader.maximumDepth) else { throw .nestedTooDeeply }
            stack.append(part)
        }
        return stack.popLast()?.finish()
    }

    /// A node, or a chain that may still grow.
    private struct Part {
        private var chain: Item?
        private var nodes: [Node]
        var depth: Int

        init(node: Node, depth: Int) {
            nodes = [node]
            self.depth = depth
        }

        /// Joins the chain of this operator, or begins one.
        mutating func append(_ right: Part, by item: Item) {
            if chain != item {
                nodes = [finish()]
                chain = item
                depth += 1
            }
            nodes.append(right.finish())
            depth = max(depth, right.depth + 1)
        }

        func finish() -> Node {
            switch chain {
            case .and: .all(nodes)
            case .or: .any(nodes)
            default: nodes.first ?? .all([])
            }
        }
    }
}
