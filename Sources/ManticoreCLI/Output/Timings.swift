/// Durations as people read them.
enum Timings {
    /// A duration with three digits and its unit: `0.41 ms`, `12.3 ms`, `1.52 s`.
    static func text(_ duration: Duration) -> String {
        let milliseconds = duration / .milliseconds(1)
        if milliseconds < 1000 { return "\(digits(milliseconds)) ms" }
        return "\(digits(milliseconds / 1000)) s"
    }

    /// Three digits, or more before the point.
    private static func digits(_ value: Double) -> String {
        let places = value < 10 ? 2 : value < 100 ? 1 : 0
        let factor = places == 2 ? 100.0 : places == 1 ? 10.0 : 1.0
        let whole = Int((max(0, value) * factor).rounded())
        if places == 0 { return String(whole) }
        let fraction = String(whole % Int(factor))
        return "\(whole / Int(factor))." + String(repeating: "0", count: places - fraction.utf8.count) + fraction
    }
}
