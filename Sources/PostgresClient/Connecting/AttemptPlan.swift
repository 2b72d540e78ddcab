/// Which server, which of its addresses and which encryption comes next, as a value without resolver, socket or clock.
///
/// Whoever connects asks for the ``next()`` thing to do, does it, and tells what came of it: ``resolved(_:)`` after a
/// lookup, ``goesOnInTheClear()`` when a server declines TLS, ``failed(_:)`` after a try.
///
/// Hosts are taken in their order, and of each host its addresses; a host that has no address leads on to the next.
/// `allow` tries in the clear and then with TLS, `prefer` the other way round, each once for an address; what fails for
/// good in both ends the search, as in libpq, while an address that cannot be reached leads on to the next one. A server
/// that is still starting, or is of the wrong kind, leads on to the next host. `prefer-standby` goes back to the servers
/// that were there but no standbys.
///
/// Source: libpq's `PQconnectPoll`, `init_allowed_encryption_methods` and `select_next_encryption_method`.
struct AttemptPlan: Sendable {
    /// What is to be done.
    enum Next: Sendable {
        /// Find the addresses of a host.
        case resolve(ServerHost)
        /// Make a connection; `isFallback` says that it is another one to the address that was tried last.
        case dial(ConnectionAttempt, isFallback: Bool)
        /// Nothing more is to be tried.
        case giveUp(PostgresError)
    }

    private struct Server: Sendable {
        let host: ServerHost
        let encryptions: [ConnectionAttempt.Encryption]
    }

    /// The most addresses of one host that are tried: a name that has more is no list of servers.
    static let mostAddresses = 32

    private let servers: [Server]
    private let target: TargetSessionAttributes
    private let protocolVersions: ClosedRange<ProtocolVersion>
    private let shuffles: Bool
    private var generator: SeededGenerator

    // The next host to resolve, and what is left to try of the one before it.
    private var nextServer = 0
    private var attempts: ArraySlice<ConnectionAttempt> = []
    private var current: ConnectionAttempt?
    // Servers that answered but were no standbys.
    private var unsuitable: [ConnectionAttempt] = []
    private var isSecondPass = false
    private var report: ConnectReport
    private var ending: PostgresError?

    /// Begins a search.
    ///
    /// - Parameter seed: what the order of hosts and addresses comes from, where it is to be random.
    /// - Throws: ``PostgresError`` of the code `invalidConfiguration` for settings that contradict each other.
    init(_ configuration: ConnectionConfiguration, seed: UInt64) throws(PostgresError) {
        guard configuration.minimumProtocolVersion <= configuration.maximumProtocolVersion else {
            throw ConnectionConfiguration.invalid(
                """
                min_protocol_version=\(configuration.minimumProtocolVersion) is more than max_protocol_version=\
                \(configuration.maximumProtocolVersion)
                """)
        }
        protocolVersions = configuration.minimumProtocolVersion...configuration.maximumProtocolVersion
        target = configuration.targetSessionAttributes
        shuffles = configuration.loadBalancing == .random
        generator = SeededGenerator(seed: seed)
        var servers: [Server] = []
        for host in configuration.hosts {
            // A Unix socket knows no TLS, so none of its settings contradicts another there.
            let encryptions: [ConnectionAttempt.Encryption] =
                host.isUnixSocket
                ? [.none] : try Self.encryptions(configuration.sslMode(for: host), configuration.tls.negotiation)
            servers.append(Server(host: host, encryptions: encryptions))
        }
        if shuffles { servers.shuffle(using: &generator) }
        self.servers = servers
        report = ConnectReport(hosts: configuration.displayHost)
    }

    private static func encryptions(
        _ mode: SSLMode, _ negotiation: TLSSettings.Negotiation
    ) throws(PostgresError) -> [ConnectionAttempt.Encryption] {
        switch (mode, negotiation) {
        case (.disable, .postgres): return [.none]
        case (.allow, .postgres): return [.none, .required]
        // After a failed handshake libpq goes on in the clear, on a new socket.
        case (.prefer, .postgres): return [.preferred, .none]
        case (.require, .postgres), (.verifyCA, .postgres), (.verifyFull, .postgres): return [.required]
        case (.require, .direct), (.verifyCA, .direct), (.verifyFull, .direct): return [.direct]
        case (.disable, .direct), (.allow, .direct), (.prefer, .direct):
            throw ConnectionConfiguration.invalid(
                "sslnegotiation=direct needs sslmode=require, verify-ca or verify-full, not \(mode)")
        }
    }

    /// What the session must be able to do, in this pass.
    var requirement: TargetSessionAttributes { isSecondPass ? .any : target }

    /// What to do now.
    mutating func next() -> Next {
        if let ending { return .giveUp(ending) }
        if let attempt = attempts.popFirst() {
            let isFallback = current?.address == attempt.address
            current = attempt
            return .dial(attempt, isFallback: isFallback)
        }
        current = nil
        if !isSecondPass, nextServer < servers.count {
            nextServer += 1
            return .resolve(servers[nextServer - 1].host)
        }
        if target == .preferStandby, !isSecondPass, !unsuitable.isEmpty {
            isSecondPass = true
            attempts = unsuitable[...]
            return next()
        }
        return .giveUp(report.error)
    }

    /// The addresses of the host that was to be resolved.
    mutating func resolved(_ result: Result<[SocketAddress], PostgresError>) {
        guard nextServer > 0 else { return }
        let server = servers[nextServer - 1]
        switch result {
        case .failure(let error):
            report.add(error, server.host)
            if error.code == .invalidConfiguration { ending = report.error }
        case .success(let addresses):
            var seen: Set<SocketAddress> = []
            var distinct = addresses.filter { seen.insert($0).inserted }
            if shuffles { distinct.shuffle(using: &generator) }
            if distinct.count > Self.mostAddresses {
                report.leaveOut(distinct.count - Self.mostAddresses, of: server.host)
                distinct.removeSubrange(Self.mostAddresses...)
            }
            if distinct.isEmpty {
                report.add(PostgresError(.connectionFailed, "the host has no address"), server.host)
            }
            attempts =
                distinct.flatMap { address in
                    server.encryptions.map {
                        ConnectionAttempt(
                            host: server.host, address: address, encryption: $0,
                            protocolVersion: protocolVersions.upperBound)
                    }
                }[...]
        }
    }

    /// The server declined TLS and the try goes on without: the same in the clear would be no other try.
    mutating func goesOnInTheClear() {
        guard let current else { return }
        attempts.removeAll { $0.address == current.address && $0.encryption == .none }
    }

    /// The try made no session.
    mutating func failed(_ failure: ConnectionAttempt.Failure) {
        guard let current else {
            ending = failure.error
            return
        }
        report.add(failure.error, current)
        switch failure {
        case .unreachable:
            attempts.removeAll { $0.address == current.address }
        case .version where protocolVersions.contains(.v3_0):
            attempts = [current] + attempts
            for index in attempts.indices where attempts[index].address == current.address {
                attempts[index].protocolVersion = .v3_0
            }
        case .tls, .refused, .version:
            // Only the other way to the same address is another try: what a server has refused is refused.
            if attempts.first?.address != current.address { ending = report.refusal }
        case .notYet, .unsuitable:
            // On to the next host; in the second pass there is one try for each.
            if !isSecondPass { attempts = [] }
            if case .unsuitable = failure { unsuitable.append(current) }
        case .final(let error):
            ending = report.conclusion(error, current)
        }
    }

    /// Ends the search for a reason of its own: the time allowed in all is over, or nobody waits any more.
    func ended(_ error: PostgresError) -> PostgresError { report.conclusion(error, nil) }
}
