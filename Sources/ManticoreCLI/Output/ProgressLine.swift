import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// A line on standard error that says what is going on: on a terminal it is replaced by the next one, elsewhere each
/// is a line of its own.
final class ProgressLine: Sendable {
    private let terminal: Terminal
    private let isShown = Mutex(false)

    init(_ terminal: Terminal) {
        self.terminal = terminal
    }

    /// Shows a line in place of the one before.
    func show(_ text: String) {
        guard terminal.hasColours else { return Console.complain(text) }
        isShown.withLock { isShown in
            let line = DisplayWidth.truncate(text, to: (terminal.width ?? 80) - 1)
            Console.write("\r" + terminal.styled(line, .faint) + Self.clearToEnd, to: STDERR_FILENO)
            isShown = true
        }
    }

    /// Takes the line off the terminal.
    func clear() {
        isShown.withLock { isShown in
            if isShown { Console.write("\r" + Self.clearToEnd, to: STDERR_FILENO) }
            isShown = false
        }
    }

    private static let clearToEnd = "\u{1B}[K"
}
