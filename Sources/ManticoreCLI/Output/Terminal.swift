#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// What a standard stream is connected to.
struct Terminal {
    /// Whether somebody looks at it, and not a file or a program.
    let isTerminal: Bool
    /// Whether colours are wanted there.
    let hasColours: Bool
    /// Its width in cells; nil if it is none or does not say.
    let width: Int?

    /// Asks the stream and the environment variables `NO_COLOR` and `TERM`.
    init(_ descriptor: Int32) {
        isTerminal = isatty(descriptor) == 1
        let term = ProcessVariables.value(of: "TERM")
        let refusesColours = ProcessVariables.value(of: "NO_COLOR")?.isEmpty == false
        hasColours = isTerminal && !refusesColours && term != "dumb" && term != nil
        width = isTerminal ? Self.width(of: descriptor) : nil
    }

    init(isTerminal: Bool, hasColours: Bool, width: Int?) {
        self.isTerminal = isTerminal
        self.hasColours = hasColours
        self.width = width
    }

    static var output: Terminal { Terminal(STDOUT_FILENO) }
    static var error: Terminal { Terminal(STDERR_FILENO) }

    /// The text in a style, or as it is where there are no colours.
    func styled(_ text: String, _ style: Style?) -> String {
        guard hasColours, let style else { return text }
        return "\u{1B}[\(style.rawValue)m\(text)\u{1B}[0m"
    }

    /// How a piece of text looks; the number is that of the terminal's escape sequence.
    enum Style: Int {
        case bold = 1
        case faint = 2
        case red = 31
        case green = 32
        case yellow = 33
        case cyan = 36
    }

    private static func width(of descriptor: Int32) -> Int? {
        var size = winsize()
        guard unsafe ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
        return Int(size.ws_col)
    }
}
