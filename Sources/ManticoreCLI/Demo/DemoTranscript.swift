import Manticore

/// Shows the steps of the demo as they happen, and refuses what is not as expected.
struct DemoTranscript {
    /// Something came back that was not expected.
    struct Surprise: Error, CustomStringConvertible {
        let description: String
    }

    /// What a step says about itself.
    struct Outcome {
        var text: String
        var rows: Rows?

        init(_ text: String, _ rows: Rows? = nil) {
            self.text = text
            self.rows = rows
        }
    }

    private let terminal = Terminal.output
    private let clock = ContinuousClock()

    /// A headline.
    func title(_ text: String) {
        Console.say("")
        Console.say(terminal.styled(text, .bold))
    }

    /// Facts below each other.
    func facts(_ rows: [(String, String)]) {
        for line in LabelledLines.lines(rows, for: terminal, indent: 2) { Console.say(line) }
    }

    /// Runs a step of the blocking form and shows what it did and how long it took.
    @available(*, noasync)
    func step<Value>(
        _ call: String, _ body: () throws -> Value, _ outcome: (Value) throws -> Outcome
    ) throws -> Value {
        try Interruption.check()
        let start = clock.now
        do {
            let value = try body()
            let duration = start.duration(to: clock.now)
            show(call, try outcome(value), duration)
            return value
        } catch {
            showFailure(call)
            throw error
        }
    }

    /// Runs a step of the async form and shows what it did and how long it took.
    func step<Value>(
        _ call: String, _ body: nonisolated(nonsending) () async throws -> Value,
        _ outcome: (Value) throws -> Outcome
    ) async throws -> Value {
        try Interruption.check()
        let start = clock.now
        do {
            let value = try await body()
            let duration = start.duration(to: clock.now)
            show(call, try outcome(value), duration)
            return value
        } catch {
            showFailure(call)
            throw error
        }
    }

    /// Throws if something is not as expected.
    static func expect(_ condition: Bool, _ complaint: @autoclosure () -> String) throws(Surprise) {
        if !condition { throw Surprise(description: complaint()) }
    }

    private func show(_ call: String, _ outcome: Outcome, _ duration: Duration) {
        let time = Timings.text(duration)
        let time8 = String(repeating: " ", count: max(0, 8 - time.utf8.count)) + time
        // The result has what the terminal leaves after the call and the time.
        let room = terminal.width.map { max(0, $0 - Self.callWidth - 18) }
        let text = PrintableText.line(outcome.text)
        let shown = room.map { DisplayWidth.truncate(text, to: $0) } ?? text
        let padding = String(repeating: " ", count: max(0, Self.callWidth - call.utf8.count))
        let padded = shown.isEmpty ? call : call + padding + "  " + shown
        Console.say(
            "  \(terminal.styled("ok", .green))  \(terminal.styled(time8, .faint))  \(padded)")
        guard let rows = outcome.rows else { return }
        for line in Self.table(rows).lines(for: terminal, indent: 6) { Console.say(line) }
    }

    private func showFailure(_ call: String) {
        Console.say("  \(terminal.styled("FAILED", .red))      \(call)")
    }

    private static let callWidth = 22

    private static func table(_ rows: Rows) -> TextTable {
        var table = TextTable(
            rows.columns.descriptions.map { column in
                TextTable.Column(title: PrintableText.line(column.name), isNumeric: isNumeric(column.typeOID))
            })
        for row in rows {
            table.add(
                (0..<row.count).map { index in
                    guard let value = try? row[index] else { return .init("?", .red) }
                    return value == .null ? .init("NULL", .faint) : .init(value.description)
                })
        }
        return table
    }

    private static func isNumeric(_ type: PostgresOID) -> Bool {
        [.int2, .int4, .int8, .float4, .float8, .numeric].contains(type)
    }
}
