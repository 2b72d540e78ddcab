#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// What the process has used of processor and memory since the meter was made; for a process that does nothing else.
struct BudgetMeter {
    private let processorBefore: Duration
    private let residentBefore: Int

    init() {
        // From now on the peak is counted anew.
        BudgetMeter.forgetPeak()
        residentBefore = BudgetMeter.status("VmRSS:") ?? 0
        processorBefore = BudgetMeter.processor
    }

    /// The time on all threads.
    var processor: Duration { BudgetMeter.processor - processorBefore }

    /// By how many bytes the memory grew at its peak; nil where the system does not tell.
    var memory: Int? { BudgetMeter.status("VmHWM:").map { max(0, $0 - residentBefore) } }

    /// Appends a line to the file that the variable `MANTICORE_BUDGET_FIGURES` names, if it names one: for whoever wants
    /// to know more than that it was little enough.
    static func report(_ name: String, _ processor: Duration, _ memory: Int) {
        guard let path = unsafe getenv("MANTICORE_BUDGET_FIGURES") else { return }
        let file = unsafe open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        guard file >= 0 else { return }
        let line = Array("\(processor / .microseconds(1)) us, \(memory / 1024) kB: \(name)\n".utf8)
        _ = unsafe write(file, line, line.count)
        _ = close(file)
    }

    private static var processor: Duration {
        var time = timespec()
        unsafe clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
    }

    private static func forgetPeak() {
        let file = unsafe open("/proc/self/clear_refs", O_WRONLY)
        guard file >= 0 else { return }
        _ = unsafe write(file, "5", 1)
        _ = close(file)
    }

    private static func status(_ name: String) -> Int? {
        let file = unsafe open("/proc/self/status", O_RDONLY)
        guard file >= 0 else { return nil }
        defer { _ = close(file) }
        var buffer = [UInt8](repeating: 0, count: 16 * 1024)
        let count = unsafe read(file, &buffer, buffer.count)
        guard count > 0 else { return nil }
        for line in String(decoding: buffer.prefix(count), as: UTF8.self).split(separator: "\n") {
            guard line.hasPrefix(name) else { continue }
            return line.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Int($0) }.map { $0 * 1024 }
        }
        return nil
    }
}
