/// What was tried to make a connection, and why each of it failed.
struct ConnectReport: Sendable {
    private struct Entry: Sendable {
        let host: ServerHost
        let attempt: ConnectionAttempt?
        let error: PostgresError

        var hostName: String { host.description }
        var addressName: String? { attempt?.address.description }
    }

    private let hosts: String
    private var entries: [Entry] = []
    private var leftOut: [(host: ServerHost, count: Int)] = []

    /// How many tries a message lists of the first, and how many of the last.
    static let listed = 4
    /// The most characters of one try's error that a list shows.
    static let mostCharacters = 400

    /// - Parameter hosts: what the servers are called together.
    init(hosts: String) {
        self.hosts = hosts
    }

    /// Notes why a host could not be resolved.
    mutating func add(_ error: PostgresError, _ host: ServerHost) {
        entries.append(Entry(host: host, attempt: nil, error: error))
    }

    /// Notes why a try failed.
    mutating func add(_ error: PostgresError, _ attempt: ConnectionAttempt) {
        entries.append(Entry(host: attempt.host, attempt: attempt, error: error))
    }

    /// Notes that some addresses of a host are not tried.
    mutating func leaveOut(_ count: Int, of host: ServerHost) { leftOut.append((host, count)) }

    /// The error when nothing is left to try: a single failure as it is, of several the last thing that a server said, or
    /// the last of all, with the whole list.
    var error: PostgresError {
        guard let last = entries.last else {
            return PostgresError(.connectionFailed, "there is no host to connect to").with(host: hosts)
        }
        guard entries.count > 1 else { return last.error.with(host: last.hostName) }
        return summary(of: last).with(host: commonHost)
    }

    /// The error of a server that has refused for good, by all the ways that there are to it.
    var refusal: PostgresError {
        guard let last = entries.last, let attempt = last.attempt else { return error }
        return (isAmbiguous(last) ? summary(of: last) : conclusion(last.error, attempt)).with(host: last.hostName)
    }

    private func summary(of last: Entry) -> PostgresError {
        let representative = entries.last { $0.error.code == .server } ?? last
        return representative.error.with(message: "no connection could be made: \(list(entries[...]))")
    }

    /// The error of what ends the search before everything was tried, with the list of what came before.
    func conclusion(_ error: PostgresError, _ attempt: ConnectionAttempt?) -> PostgresError {
        let host = attempt?.host.description ?? hosts
        // The last entry is the failure itself.
        let before = attempt == nil ? entries[...] : entries.dropLast()
        guard !before.isEmpty else { return error.with(host: host) }
        return error.with(message: "\(error.message) (tried before: \(list(before)))").with(host: host)
    }

    private var commonHost: String {
        let names = entries.map { Array($0.hostName.utf8) }
        return names.allSatisfy { $0 == names.first } ? entries.first?.hostName ?? hosts : hosts
    }

    private func list(_ entries: ArraySlice<Entry>) -> String {
        let (first, last) = (entries.prefix(Self.listed), entries.dropFirst(Self.listed).suffix(Self.listed))
        let between = entries.count - first.count - last.count
        var parts = lines(first)
        if between > 0 { parts.append("\(between) further tries") }
        parts += lines(last)
        if let (host, count) = leftOut.first {
            let others = leftOut.count > 1 ? " and of \(leftOut.count - 1) other hosts" : ""
            parts.append("\(count) further addresses of \(host)\(others) are not tried")
        }
        return parts.joined(separator: "; ")
    }

    private func lines(_ entries: ArraySlice<Entry>) -> [String] {
        var lines: [String] = []
        var previous: Entry?
        for entry in entries {
            var place = entry.hostName
            if let address = entry.addressName, !address.utf8.elementsEqual(place.utf8) { place += " at \(address)" }
            if let encryption = entry.attempt?.encryption, isAmbiguous(entry) {
                place += encryption == .none ? " without TLS" : " with TLS"
            }
            if let previous, isSame(previous, entry) {
                // The second way to one address, which came to the same.
                lines.append("\(place): the same")
            } else {
                lines.append("\(place): \(shortened(reason(entry)))")
            }
            previous = entry
        }
        return lines
    }

    private func isSame(_ one: Entry, _ other: Entry) -> Bool {
        isAmbiguous(one) && one.attempt?.address == other.attempt?.address
            && one.error.message.utf8.elementsEqual(other.error.message.utf8)
    }

    /// The message without the address, which stands before it.
    private func reason(_ entry: Entry) -> String {
        let message = entry.error.message
        guard let address = entry.addressName else { return message }
        let start = "connecting to \(address) failed: "
        return message.utf8.starts(with: start.utf8)
            ? String(Substring(message.utf8.dropFirst(start.utf8.count))) : message
    }

    private func shortened(_ message: String) -> String {
        guard message.unicodeScalars.count > Self.mostCharacters else { return message }
        return String(String.UnicodeScalarView(message.unicodeScalars.prefix(Self.mostCharacters))) + "…"
    }

    /// Whether the same address was tried in more than one way.
    private func isAmbiguous(_ entry: Entry) -> Bool {
        guard let attempt = entry.attempt else { return false }
        return entries.contains {
            $0.attempt.map { $0.address == attempt.address && $0.encryption != attempt.encryption } ?? false
        }
    }
}
