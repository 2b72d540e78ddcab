/// The faults that are still to come, and what has happened; shared by the proxy and its thread.
struct FaultRules: Sendable {
    /// Where in a piece of a stream a fault happens.
    struct Hit: Equatable {
        var fault: FaultProxy.Fault
        /// How many bytes of the piece still pass.
        var passing: Int
    }

    private struct Rule {
        var fault: FaultProxy.Fault
        var condition: FaultProxy.Condition
        var isDelivering: Bool
        var timesLeft: Int
    }

    private var rules: [Rule] = []
    private(set) var faultCount = 0
    /// How every connection has begun, in their order.
    var openings: [FaultProxy.Opening] = []

    mutating func add(
        _ fault: FaultProxy.Fault, when condition: FaultProxy.Condition, delivering: Bool, times: Int
    ) {
        guard times > 0 else { return }
        rules.append(Rule(fault: fault, condition: condition, isDelivering: delivering, timesLeft: times))
    }

    /// How many bytes before a new piece can be the beginning of what a rule waits for.
    var lookBack: Int {
        rules.reduce(0) { longest, rule in
            guard case .bytes(let bytes) = rule.condition.trigger else { return longest }
            return max(longest, bytes.count - 1)
        }
    }

    /// Looks for the first fault in a piece of a stream, and notes that it happens.
    ///
    /// - Parameters:
    ///   - piece: The new bytes.
    ///   - before: The bytes just before them, as many as ``lookBack`` says.
    ///   - count: The number of all bytes before them.
    mutating func hit(
        _ piece: [UInt8], after before: [UInt8], count: Int, going direction: FaultProxy.Condition.Direction
    ) -> Hit? {
        var first: (index: Int, hit: Hit)?
        for (index, rule) in rules.enumerated() where rule.condition.direction == direction {
            guard let passing = passing(rule, piece, before, count) else { continue }
            if let first, first.hit.passing <= passing { continue }
            first = (index, Hit(fault: rule.fault, passing: passing))
        }
        guard let first else { return nil }
        rules[first.index].timesLeft -= 1
        if rules[first.index].timesLeft == 0 { rules.remove(at: first.index) }
        faultCount += 1
        return first.hit
    }

    private func passing(_ rule: Rule, _ piece: [UInt8], _ before: [UInt8], _ count: Int) -> Int? {
        switch rule.condition.trigger {
        case .count(let limit):
            let left = max(0, limit - count)
            guard piece.count > left || (piece.count == left && rule.isDelivering) else { return nil }
            return left
        case .bytes(let bytes):
            guard !bytes.isEmpty else { return 0 }
            let text = before + piece
            var start = max(0, before.count - bytes.count + 1)
            while start + bytes.count <= text.count {
                if text[start..<(start + bytes.count)].elementsEqual(bytes) {
                    return max(0, (rule.isDelivering ? start + bytes.count : start) - before.count)
                }
                start += 1
            }
            return nil
        }
    }
}
