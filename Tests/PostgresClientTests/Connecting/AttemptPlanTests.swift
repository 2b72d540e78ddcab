import PostgresWire
import Testing

@testable import PostgresClient

/// What is tried next, without any server: libpq's table, row by row.
@Suite(.ownThread) struct AttemptPlanTests {
    /// How a server behaves towards one try.
    enum Behaviour: String, CaseIterable, Sendable {
        case servesBoth
        /// Answers SSLRequest with N.
        case hasNoTLS
        /// Answers SSLRequest with N, and refuses who goes on.
        case hasNoTLSAndRefuses
        /// Answers SSLRequest with an error or nonsense.
        case breaksTheRequest
        case failsTheHandshake
        case failsTheHandshakeAndRefusesTheClear
        /// Refuses the client's certificate once the handshake is over, as in TLS 1.3.
        case refusesTheCertificate
        case refuses
        case refusesTheClear
        case refusesTLS
        case isStarting
        /// The client does not accept how it is to authenticate itself.
        case cannotBeTrusted
        case failsAfterAuthentication
        case isNotThere
        case isSilent
        case hangsUp

        /// The error of a try and how far it came; `nil` where it makes a session.
        func outcome(_ encryption: ConnectionAttempt.Encryption, inTheClear: Bool) -> (
            PostgresError, ConnectionAttempt.Stage
        )? {
            let isClear = encryption == .none || inTheClear
            let refusal = (Self.refusal(.invalidAuthorizationSpecification), ConnectionAttempt.Stage.starting)
            let handshake = (PostgresError(.tls, "the handshake failed"), ConnectionAttempt.Stage.dialling)
            switch self {
            case .servesBoth: return nil
            case .hasNoTLS: return isClear ? nil : handshake
            case .hasNoTLSAndRefuses: return isClear ? refusal : handshake
            case .breaksTheRequest: return isClear ? nil : (PostgresError(.protocolViolation, "nonsense"), .dialling)
            case .failsTheHandshake: return isClear ? nil : handshake
            case .failsTheHandshakeAndRefusesTheClear: return isClear ? refusal : handshake
            case .refusesTheCertificate: return isClear ? nil : (PostgresError(.tls, "unknown authority"), .starting)
            case .refuses: return refusal
            case .refusesTheClear: return isClear ? refusal : nil
            case .refusesTLS: return isClear ? nil : refusal
            case .isStarting: return (Self.refusal(.cannotConnectNow), .starting)
            case .cannotBeTrusted: return (PostgresError(.authenticationFailed, "no password"), .starting)
            case .failsAfterAuthentication: return (Self.refusal(.invalidCatalogName), .authenticated)
            case .isNotThere: return (PostgresError(.connectionFailed, "refused"), .dialling)
            case .isSilent: return (PostgresError(.timedOut, "too slow"), .starting)
            case .hangsUp: return (PostgresError(.connectionLost, "closed"), .starting)
            }
        }

        static func refusal(_ state: SQLState) -> PostgresError {
            PostgresError(ServerError(severity: "FATAL", sqlState: state, message: "refused with \(state.rawValue)"))
        }

        var declinesTLS: Bool { self == .hasNoTLS || self == .hasNoTLSAndRefuses }
    }

    /// For disable, allow, prefer, and for require and the two that verify: the tries (in the clear, asking for TLS), and
    /// what came of them; `next` is the next host.
    static let table: [(Behaviour, [String])] = [
        (.servesBoth, ["clear ok", "clear ok", "tls ok", "tls ok"]),
        (.hasNoTLS, ["clear ok", "clear ok", "tls ok", "tls fail"]),
        (.hasNoTLSAndRefuses, ["clear fail", "clear tls fail", "tls fail", "tls fail"]),
        (.breaksTheRequest, ["clear ok", "clear ok", "tls fail", "tls fail"]),
        (.failsTheHandshake, ["clear ok", "clear ok", "tls clear ok", "tls fail"]),
        (.failsTheHandshakeAndRefusesTheClear, ["clear fail", "clear tls fail", "tls clear fail", "tls fail"]),
        (.refusesTheCertificate, ["clear ok", "clear ok", "tls fail", "tls fail"]),
        (.refuses, ["clear fail", "clear tls fail", "tls clear fail", "tls fail"]),
        (.refusesTheClear, ["clear fail", "clear tls ok", "tls ok", "tls ok"]),
        (.refusesTLS, ["clear ok", "clear ok", "tls clear ok", "tls fail"]),
        (.isStarting, ["clear next", "clear next", "tls next", "tls next"]),
        (.cannotBeTrusted, ["clear fail", "clear fail", "tls fail", "tls fail"]),
        (.failsAfterAuthentication, ["clear fail", "clear fail", "tls fail", "tls fail"]),
        (.isNotThere, ["clear next", "clear next", "tls next", "tls next"]),
        (.isSilent, ["clear next", "clear next", "tls next", "tls next"]),
        (.hangsUp, ["clear next", "clear next", "tls next", "tls next"]),
    ]

    private func configuration(_ hosts: [ServerHost], _ mode: SSLMode) throws -> ConnectionConfiguration {
        var configuration = try ConnectionConfiguration.resolve(
            host: "a", user: "app", database: "app", environment: [:])
        configuration.requestedSSLMode = mode
        configuration.hosts = hosts
        return configuration
    }

    private func address(_ text: String, _ port: Int = 5432) throws -> SocketAddress {
        try #require(try SocketAddress.resolve(host: text, port: port, numericOnly: true).get().first)
    }

    @Test func everyBehaviourIsInTheTable() {
        #expect(AttemptPlanTests.table.map(\.0) == Behaviour.allCases)
    }

    @Test(arguments: table.indices, SSLMode.allCases)
    func theTable(_ index: Int, _ mode: SSLMode) throws {
        let (behaviour, expected) = AttemptPlanTests.table[index]
        let column = min(try #require(SSLMode.allCases.firstIndex(of: mode)), 3)
        var plan = try AttemptPlan(configuration([ServerHost("a"), ServerHost("b")], mode), seed: 0)
        guard case .resolve = plan.next() else {
            Issue.record("the name comes first")
            return
        }
        plan.resolved(.success([try address("192.0.2.1")]))
        var trace: [String] = []
        loop: while true {
            switch plan.next() {
            case .resolve(let host):
                #expect(host.name == "b")
                trace.append("next")
                break loop
            case .giveUp:
                trace.append("fail")
                break loop
            case .dial(let attempt, let isFallback):
                #expect(isFallback == !trace.isEmpty)
                trace.append(attempt.encryption == .none ? "clear" : "tls")
                let goesOn = attempt.encryption == .preferred && behaviour.declinesTLS
                if goesOn { plan.goesOnInTheClear() }
                guard let (error, stage) = behaviour.outcome(attempt.encryption, inTheClear: goesOn) else {
                    trace.append("ok")
                    break loop
                }
                plan.failed(attempt.failure(error, at: stage))
            }
        }
        #expect(trace.joined(separator: " ") == expected[column], "\(behaviour), \(mode)")
    }

    @Test(arguments: SSLMode.allCases)
    func aUnixSocketKnowsNoTLS(_ mode: SSLMode) throws {
        var plan = try AttemptPlan(configuration([ServerHost("/run/postgresql")], mode), seed: 0)
        _ = plan.next()
        plan.resolved(.success([try SocketAddress(unixSocket: "/run/postgresql/.s.PGSQL.5432")]))
        guard case .dial(let attempt, _) = plan.next() else {
            Issue.record("no try")
            return
        }
        #expect(attempt.encryption == .none)
        plan.failed(attempt.failure(Behaviour.refusal(.invalidPassword), at: .starting))
        guard case .giveUp(let error) = plan.next() else {
            Issue.record("another try")
            return
        }
        #expect(error.sqlState == .invalidPassword)
    }

    @Test(arguments: SSLMode.allCases)
    func directTLSNeedsAModeThatInsistsOnTLS(_ mode: SSLMode) throws {
        var configuration = try configuration([ServerHost("a")], mode)
        configuration.tls.negotiation = .direct
        guard mode == .require || mode == .verifyCA || mode == .verifyFull else {
            #expect {
                try AttemptPlan(configuration, seed: 0)
            } throws: {
                ($0 as? PostgresError)?.code == .invalidConfiguration && "\($0)".contains("sslnegotiation=direct")
            }
            return
        }
        var plan = try AttemptPlan(configuration, seed: 0)
        _ = plan.next()
        plan.resolved(.success([try address("192.0.2.1")]))
        guard case .dial(let attempt, _) = plan.next() else {
            Issue.record("no try")
            return
        }
        #expect(attempt.encryption == .direct)
        plan.failed(.tls(PostgresError(.tls, "no")))
        guard case .giveUp = plan.next() else {
            Issue.record("another try")
            return
        }
    }

    @Test(arguments: [nil] + SSLMode.allCases)
    func directTLSIsNothingToAUnixSocket(_ mode: SSLMode?) throws {
        var configuration = try configuration([ServerHost("/run/postgresql")], .prefer)
        configuration.requestedSSLMode = mode
        configuration.tls.negotiation = .direct
        var plan = try AttemptPlan(configuration, seed: 0)
        _ = plan.next()
        plan.resolved(.success([try SocketAddress(unixSocket: "/run/postgresql/.s.PGSQL.5432")]))
        guard case .dial(let attempt, _) = plan.next() else {
            Issue.record("no try")
            return
        }
        #expect(attempt.encryption == .none)
    }

    @Test func whatAProviderSaysEndsTheSearch() throws {
        for error in [
            PostgresError(.timedOut, "the vault is slow"), PostgresError(.connectionFailed, "the vault is away"),
            Behaviour.refusal(.cannotConnectNow), PostgresError(.tls, "the vault's certificate"),
        ] {
            var plan = try AttemptPlan(configuration(hosts, .prefer), seed: 0)
            let (trace, end) = try run(&plan, addresses) { $0.failure(error, at: .credentials) }
            #expect(trace == ["192.0.2.1"])
            #expect(end?.message == error.message && end?.code == error.code)
        }
    }

    // MARK: - Hosts and addresses

    @Test func ofAHostOfManyAddressesSomeAreTried() throws {
        let many = (0..<2000).map { "10.0.\($0 / 250).\($0 % 250)" }
        let long = String(repeating: "no ", count: 10_000)
        for hosts in [[ServerHost("a")], [ServerHost("a"), ServerHost("b")]] {
            var plan = try AttemptPlan(configuration(hosts, .disable), seed: 0)
            let (trace, error) = try run(&plan, ["a": many, "b": many]) { attempt in
                .unreachable(PostgresError(.connectionFailed, "\(attempt.address) says \(long)"))
            }
            #expect(trace.count == hosts.count * AttemptPlan.mostAddresses)
            let message = try #require(error?.message)
            #expect(message.utf8.count < 5000, "\(message.utf8.count) bytes")
            for part in ["at 10.0.0.0:5432: ", "at 10.0.0.31:5432: ", "1968 further addresses of a:5432"] {
                #expect(message.contains(part), "\(part)")
            }
            #expect(message.contains("\(trace.count - 8) further tries"))
            #expect(message.contains("1 other host") == (hosts.count == 2))
        }
    }

    @Test func aReportOfManyTriesIsMadeInOneGo() throws {
        var report = ConnectReport(hosts: "a")
        let place = try address("192.0.2.1")
        let attempt = ConnectionAttempt(host: ServerHost("a"), address: place, encryption: .none)
        for _ in 0..<100_000 { report.add(PostgresError(.connectionFailed, "no"), attempt) }
        #expect(report.error.message.contains("99992 further tries"))
        #expect(report.conclusion(PostgresError(.timedOut, "over"), nil).message.utf8.count < 500)
    }

    @Test func aReportSaysNothingTwice() throws {
        let place = try address("192.0.2.1")
        func report(_ messages: [String]) -> String {
            var report = ConnectReport(hosts: "a")
            for (message, encryption) in zip(messages, [ConnectionAttempt.Encryption.required, .none]) {
                let attempt = ConnectionAttempt(host: ServerHost("a"), address: place, encryption: encryption)
                report.add(PostgresError(.connectionFailed, message), attempt)
            }
            return report.error.message
        }
        let start = "no connection could be made: a:5432 at 192.0.2.1:5432 with TLS: "
        let second = "; a:5432 at 192.0.2.1:5432 without TLS: "
        #expect(report(["no", "no"]) == start + "no" + second + "the same")
        #expect(report(["no", "never"]) == start + "no" + second + "never")
        #expect(
            report(["connecting to 192.0.2.1:5432 failed: no", "connecting to 192.0.2.2:5432 failed: no"])
                == start + "no" + second + "connecting to 192.0.2.2:5432 failed: no")
    }

    /// Runs a plan to its end; `answer` says what a try comes to, `nil` for a session.
    private func run(
        _ plan: inout AttemptPlan, _ addresses: [String: [String]],
        _ answer: (ConnectionAttempt) -> ConnectionAttempt.Failure?
    ) throws -> (trace: [String], error: PostgresError?) {
        var trace: [String] = []
        for _ in 0..<1000 {
            switch plan.next() {
            case .resolve(let host):
                guard let list = addresses[host.name] else {
                    trace.append("\(host.name)?")
                    plan.resolved(.failure(PostgresError(.connectionFailed, "\(host.name) is unknown")))
                    continue
                }
                plan.resolved(.success(try list.map { try address($0, host.port) }))
            case .giveUp(let error):
                return (trace, error)
            case .dial(let attempt, _):
                trace.append(attempt.address.description.split(separator: ":").first.map(String.init) ?? "")
                guard let failure = answer(attempt) else { return (trace, nil) }
                plan.failed(failure)
            }
        }
        Issue.record("no end")
        return (trace, nil)
    }

    private let hosts = [ServerHost("a"), ServerHost("b"), ServerHost("c")]
    private let addresses = ["a": ["192.0.2.1", "192.0.2.2"], "c": ["192.0.2.3", "192.0.2.3", "192.0.2.4"]]

    @Test func allHostsAndAddressesAreTriedAndListed() throws {
        var plan = try AttemptPlan(configuration(hosts, .disable), seed: 0)
        let (trace, error) = try run(&plan, addresses) { attempt in
            .unreachable(PostgresError(.connectionFailed, "no answer from \(attempt.address)"))
        }
        #expect(trace == ["192.0.2.1", "192.0.2.2", "b?", "192.0.2.3", "192.0.2.4"])
        #expect(error?.code == .connectionFailed)
        #expect(error?.host == "a:5432,b:5432,c:5432")
        for part in [
            "a:5432 at 192.0.2.1:5432: no answer", "a:5432 at 192.0.2.2:5432: no answer", "b:5432: b is unknown",
            "c:5432 at 192.0.2.3:5432: no answer", "c:5432 at 192.0.2.4:5432: no answer",
        ] {
            #expect(error?.message.contains(part) == true, "\(part)")
        }
    }

    @Test func aHostWithoutAddressesIsNamed() throws {
        var plan = try AttemptPlan(configuration([ServerHost("a")], .disable), seed: 0)
        let (_, error) = try run(&plan, ["a": []]) { _ in nil }
        #expect(error?.message.contains("no address") == true && error?.host == "a:5432")
    }

    @Test func aServerThatIsStartingLeadsOnToTheNextHost() throws {
        var plan = try AttemptPlan(configuration(hosts, .prefer), seed: 0)
        let (trace, error) = try run(&plan, addresses) { attempt in
            attempt.host.name == "a"
                ? attempt.failure(Behaviour.refusal(.cannotConnectNow), at: .starting) : nil
        }
        #expect(trace == ["192.0.2.1", "b?", "192.0.2.3"])
        #expect(error == nil)
    }

    @Test func aRefusalEndsTheSearchAndTellsWhatCameBefore() throws {
        var plan = try AttemptPlan(configuration(hosts, .disable), seed: 0)
        let (trace, error) = try run(&plan, addresses) { attempt in
            attempt.address.description.contains("192.0.2.2")
                ? attempt.failure(Behaviour.refusal(.invalidPassword), at: .starting)
                : .unreachable(PostgresError(.connectionFailed, "no answer"))
        }
        #expect(trace == ["192.0.2.1", "192.0.2.2"])
        #expect(error?.sqlState == .invalidPassword)
        #expect(error?.message.contains("192.0.2.1:5432: no answer") == true)
        #expect(error?.message.contains("refused with 28P01") == true)
        var again = try AttemptPlan(configuration(hosts, .disable), seed: 0)
        let local = try run(&again, addresses) { attempt in
            attempt.address.description.contains("192.0.2.2")
                ? .final(PostgresError(.authenticationFailed, "no password"))
                : .unreachable(PostgresError(.connectionFailed, "no answer"))
        }
        #expect(local.trace == trace)
        #expect(local.error?.code == .authenticationFailed && local.error?.host == "a:5432")
        #expect(local.error?.message.hasPrefix("no password (tried before: ") == true)
        #expect(local.error?.message.contains("192.0.2.1:5432: no answer") == true)
    }

    @Test func bothWaysToOneAddressAreToldApart() throws {
        var plan = try AttemptPlan(configuration([ServerHost("192.0.2.1")], .prefer), seed: 0)
        let (_, error) = try run(&plan, ["192.0.2.1": ["192.0.2.1"]]) { attempt in
            attempt.encryption == .none
                ? attempt.failure(Behaviour.refusal(.invalidPassword), at: .starting)
                : .tls(PostgresError(.tls, "the handshake failed"))
        }
        #expect(error?.message.contains("192.0.2.1:5432 with TLS: the handshake failed") == true)
        #expect(error?.message.contains("192.0.2.1:5432 without TLS: refused with 28P01") == true)
        #expect(error?.sqlState == .invalidPassword && error?.host == "192.0.2.1:5432")
    }

    // MARK: - Load balancing

    @Test func randomOrderShufflesHostsAndThenAddresses() throws {
        var configuration = try configuration(hosts, .disable)
        configuration.loadBalancing = .random
        let addresses = ["a": ["192.0.2.1", "192.0.2.2"], "b": ["192.0.2.5"], "c": ["192.0.2.3", "192.0.2.4"]]
        var orders: Set<[String]> = []
        for seed in 0..<400 as Range<UInt64> {
            var plan = try AttemptPlan(configuration, seed: seed)
            let (trace, _) = try run(&plan, addresses) { _ in .unreachable(PostgresError(.connectionFailed, "no")) }
            #expect(Set(trace) == Set(addresses.values.joined()) && trace.count == 5)
            let first = try #require(trace.firstIndex(of: "192.0.2.1"))
            let second = try #require(trace.firstIndex(of: "192.0.2.2"))
            #expect(abs(first - second) == 1, "the addresses of a host stay together")
            orders.insert(trace)
            var same = try AttemptPlan(configuration, seed: seed)
            #expect(
                try run(&same, addresses) { _ in .unreachable(PostgresError(.connectionFailed, "no")) }.trace == trace)
        }
        #expect(orders.count == 6 * 2 * 2, "every order comes")
    }

    @Test func withoutLoadBalancingTheOrderIsTheOneGiven() throws {
        for seed in 0..<20 as Range<UInt64> {
            var plan = try AttemptPlan(configuration(hosts, .disable), seed: seed)
            let (trace, _) = try run(&plan, addresses) { _ in .unreachable(PostgresError(.connectionFailed, "no")) }
            #expect(trace == ["192.0.2.1", "192.0.2.2", "b?", "192.0.2.3", "192.0.2.4"])
        }
    }

    // MARK: - The kind of server

    private func unsuitable() -> ConnectionAttempt.Failure {
        .unsuitable(PostgresError(.connectionFailed, "not the kind"))
    }

    @Test func theWrongKindOfServerLeadsOnToTheNextHost() throws {
        var configuration = try configuration(hosts, .disable)
        configuration.targetSessionAttributes = .readWrite
        var plan = try AttemptPlan(configuration, seed: 0)
        #expect(plan.requirement == .readWrite)
        let (trace, error) = try run(&plan, addresses) { _ in unsuitable() }
        #expect(trace == ["192.0.2.1", "b?", "192.0.2.3"], "one address of each host")
        #expect(error?.message.components(of: "not the kind") == 2)
    }

    @Test func preferStandbyComesBackToThoseThatWereThere() throws {
        var configuration = try configuration(hosts + [ServerHost("d")], .disable)
        configuration.targetSessionAttributes = .preferStandby
        var plan = try AttemptPlan(configuration, seed: 0)
        var passes = 0
        var all = addresses
        all["d"] = ["192.0.2.9"]
        var requirements: [TargetSessionAttributes] = []
        let (trace, error) = try run(&plan, all) { attempt in
            if attempt.host.name == "d" { return .unreachable(PostgresError(.connectionFailed, "no")) }
            passes += 1
            // The first of them is gone by the second pass.
            if passes == 3 { return .notYet(Behaviour.refusal(.cannotConnectNow)) }
            return passes > 3 ? nil : unsuitable()
        }
        requirements.append(plan.requirement)
        #expect(trace == ["192.0.2.1", "b?", "192.0.2.3", "192.0.2.9", "192.0.2.1", "192.0.2.3"])
        #expect(error == nil)
        #expect(requirements == [.any], "in the second pass anything will do")
        var hopeless = try AttemptPlan(configuration, seed: 0)
        let (tries, end) = try run(&hopeless, all) { _ in .unreachable(PostgresError(.connectionFailed, "no")) }
        #expect(tries.count == 6 && end != nil, "those that were not there are not tried again")
    }

    // MARK: - The protocol's version

    @Test(arguments: ["0A000", "08P01", "28000"])
    func aServerThatRefusesTheVersionIsAskedForTheOldOne(_ code: String) throws {
        var configuration = try configuration([ServerHost("a")], .require)
        configuration.maximumProtocolVersion = .v3_2
        let refusal = Behaviour.refusal(SQLState(rawValue: code))
        // Who has asked for a password or answered the version has understood the startup message.
        var understood = try AttemptPlan(configuration, seed: 0)
        let once = try run(&understood, ["a": ["192.0.2.1"]]) { $0.failure(refusal, at: .authenticating) }
        #expect(once.trace.count == 1 && once.error?.sqlState?.rawValue == code)
        for minimum in ProtocolVersion.allCases {
            configuration.minimumProtocolVersion = minimum
            var plan = try AttemptPlan(configuration, seed: 0)
            var versions: [ProtocolVersion] = []
            let (_, error) = try run(&plan, ["a": ["192.0.2.1"]]) { attempt in
                versions.append(attempt.protocolVersion)
                return attempt.protocolVersion == .v3_0 ? nil : attempt.failure(refusal, at: .starting)
            }
            if minimum == .v3_0, code != "28000" {
                #expect(versions == [.v3_2, .v3_0] && error == nil)
            } else {
                #expect(versions == [.v3_2] && error?.sqlState?.rawValue == code)
            }
        }
        configuration.maximumProtocolVersion = .v3_0
        #expect(throws: PostgresError.self) { try AttemptPlan(configuration, seed: 0) }
    }
}

extension String {
    fileprivate func components(of part: String) -> Int { ranges(of: part).count }
}
