/// Makes a session: finds the servers' addresses, connects, agrees on TLS, authenticates, waits until the server is
/// ready, and makes sure that it is of the kind asked for.
///
/// What comes next, and what an error means for it, is ``AttemptPlan``'s to say. Every try has a socket, a TLS session,
/// an exchange and a ``Session`` of its own, so that nothing goes over from one server to the next (CVE-2018-10915).
struct ConnectOperation: Operation {
    private enum Phase {
        case start
        case deciding
        case resolving(CompletionReader<Result<[SocketAddress], PostgresError>>)
        case preparing(ConnectionAttempt, CompletionReader<Result<TLSContext, PostgresError>>)
        case dialling(DialOperation)
        case starting(StartupOperation)
        case checking(ConnectionCore, QuestionOperation)
    }

    private let configuration: ConnectionConfiguration
    private let surroundings: Surroundings
    private var phase = Phase.start
    private var plan: AttemptPlan
    private var attempt: ConnectionAttempt?
    /// When the try that is under way gives up, and when all of them do.
    private var deadline: Deadline?
    private var total: Deadline?
    private let limit: Deadline?
    /// Whether the deadline still runs from the lookup of the host's name.
    private var isLookupRecent = false

    /// - Parameters:
    ///   - limit: when all of them give up, if that is before the configuration says so.
    ///   - seed: what the order of hosts and addresses comes from, where it is to be random.
    ///   - surroundings: what is asked of the machine.
    /// - Throws: ``PostgresError`` of the code `invalidConfiguration`.
    init(
        _ configuration: ConnectionConfiguration, until limit: Deadline? = nil,
        seed: UInt64 = .random(in: .min ... .max), surroundings: Surroundings = Surroundings()
    ) throws(PostgresError) {
        try configuration.validate()
        self.configuration = configuration
        self.limit = limit
        self.surroundings = surroundings
        plan = try AttemptPlan(configuration, seed: seed)
    }

    mutating func step() throws(PostgresError) -> Step<ConnectionCore> {
        while true {
            switch phase {
            case .start:
                total = .earlier(.after(configuration.totalConnectTimeout), limit)
                phase = .deciding
            case .deciding:
                if let total, total.hasPassed { throw plan.ended(totalTimeout) }
                switch plan.next() {
                case .resolve(let host): try resolve(host)
                case .dial(let attempt, let isFallback): dial(attempt, isFallback: isFallback)
                case .giveUp(let error): throw error
                }
            case .resolving(let thread):
                guard let result = thread.take() else { return .wait(thread.wait(until: deadline)) }
                found(result)
            case .preparing(let attempt, let thread):
                guard let result = thread.take() else { return .wait(thread.wait(until: deadline)) }
                do throws(PostgresError) {
                    dial(attempt, try result.get())
                } catch {
                    failed(error)
                }
            case .dialling(var dial):
                do throws(PostgresError) {
                    let step = try dial.step()
                    phase = .dialling(dial)
                    switch step {
                    case .wait(let wait): return .wait(wait)
                    case .done(let link): start(link)
                    }
                } catch {
                    failed(error)
                }
            case .starting(var startup):
                do throws(PostgresError) {
                    let step = try startup.step()
                    phase = .starting(startup)
                    switch step {
                    case .wait(let wait): return .wait(wait)
                    case .done(let core):
                        if let core = check(core) { return .done(core) }
                    }
                } catch {
                    phase = .starting(startup)
                    failed(error)
                }
            case .checking(let core, var query):
                do throws(PostgresError) {
                    let step = try query.step()
                    phase = .checking(core, query)
                    switch step {
                    case .wait(let wait): return .wait(wait)
                    case .done(let answer):
                        if let core = check(core, answer: answer) { return .done(core) }
                    }
                } catch {
                    if let core = refused(core, error) { return .done(core) }
                }
            }
        }
    }

    // MARK: - Where to

    private mutating func resolve(_ host: ServerHost) throws(PostgresError) {
        isLookupRecent = true
        deadline = .earlier(.after(configuration.connectTimeout), total)
        if let path = host.socketPath {
            do throws(PostgresError) {
                found(.success([try SocketAddress(unixSocket: path)]))
            } catch {
                found(.failure(error))
            }
            return
        }
        let name = host.address ?? host.name
        if NumericAddress.bytes(name) != nil {
            found(SocketAddress.resolve(host: name, port: host.port, numericOnly: true))
            return
        }
        // The resolver may block for long and cannot be told to stop.
        let (resolver, port) = (surroundings.addresses, host.port)
        phase = .resolving(try surroundings.ask(until: deadline) { resolver(name, port) })
    }

    private mutating func found(_ addresses: Result<[SocketAddress], PostgresError>) {
        plan.resolved(addresses)
        phase = .deciding
    }

    private mutating func dial(_ attempt: ConnectionAttempt, isFallback: Bool) {
        self.attempt = attempt
        // One limit for each address, whatever the number of tries that it takes.
        if !isFallback, !isLookupRecent { deadline = .earlier(.after(configuration.connectTimeout), total) }
        isLookupRecent = false
        guard attempt.encryption != .none else { return dial(attempt, nil) }
        do throws(PostgresError) {
            // Never that of another try, whose host may be verified less strictly; those of equal settings are one.
            let key = try TLSContextKey(configuration, attempt.host, environment: nil, system: .current)
            if let known = TLSContext(known: key) { return dial(attempt, known) }
            // Files may lie far away, and a key's password is hashed for as long as the key says.
            let (make, password) = (surroundings.tlsContext, configuration.tls.keyPassword)
            phase = .preparing(attempt, try surroundings.ask(until: deadline) { make(key, password) })
        } catch {
            failed(error)
        }
    }

    private mutating func dial(_ attempt: ConnectionAttempt, _ context: TLSContext?) {
        phase = .dialling(
            DialOperation(
                attempt, configuration, context: context, deadline: deadline, surroundings: surroundings))
    }

    // MARK: - The session

    private mutating func start(_ link: Link) {
        guard let attempt else { return }
        if attempt.encryption == .preferred, link.tlsContext == nil { plan.goesOnInTheClear() }
        phase = .starting(StartupOperation(link, attempt, configuration, deadline: deadline))
    }

    /// Looks whether the server is of the kind asked for; nil if it must be asked first, or is not.
    private mutating func check(_ core: ConnectionCore) -> ConnectionCore? {
        decide(core, TargetCheck(requirement: plan.requirement).verdict(reported: core.session.parameters))
    }

    private mutating func check(_ core: ConnectionCore, answer: String?) -> ConnectionCore? {
        decide(core, TargetCheck(requirement: plan.requirement).verdict(answer: answer ?? ""))
    }

    private mutating func refused(_ core: ConnectionCore, _ error: PostgresError) -> ConnectionCore? {
        guard error.code == .server, core.isUsable else {
            failed(error.code == .server ? error.with(code: .connectionLost) : error)
            return nil
        }
        return decide(core, TargetCheck(requirement: plan.requirement).verdict(refusal: error))
    }

    private mutating func decide(_ core: ConnectionCore, _ verdict: TargetCheck.Verdict) -> ConnectionCore? {
        switch verdict {
        case .suitable:
            return core
        case .ask(let question):
            phase = .checking(core, QuestionOperation(core, question, until: deadline))
        case .unsuitable(let reason):
            // Politely, so that the server does not log a lost connection.
            core.close()
            phase = .deciding
            plan.failed(
                .unsuitable(
                    PostgresError(
                        .connectionFailed,
                        "\(reason), but target_session_attrs=\(plan.requirement.rawValue) was asked for"
                    ).with(isSafeToRetry: true)))
        }
        return nil
    }

    /// Closes what is under way and lets the plan decide what its error means.
    private mutating func failed(_ error: PostgresError) {
        let stage = close()
        plan.failed(attempt?.failure(error, at: stage) ?? .final(error))
    }

    /// Closes what is under way.
    ///
    /// - Returns: How far it had come.
    private mutating func close() -> ConnectionAttempt.Stage {
        defer { phase = .deciding }
        switch phase {
        case .starting(var startup):
            startup.close()
            return startup.stage
        case .checking(let core, _):
            core.close()
            return .authenticated
        case .start, .deciding, .resolving, .preparing, .dialling:
            return .dialling
        }
    }

    // MARK: - Early ends

    private var totalTimeout: PostgresError {
        let isOfCall = limit?.hasPassed ?? false
        return PostgresError(
            .timedOut, "no connection was made within \(isOfCall ? "the call's time" : "totalConnectTimeout")"
        ).with(isSafeToRetry: true)
    }

    mutating func interrupt(_ reason: Interruption) throws(PostgresError) {
        do throws(PostgresError) {
            try interruptPhase(reason)
        } catch {
            try interrupted(error, reason)
        }
    }

    private mutating func interruptPhase(_ reason: Interruption) throws(PostgresError) {
        switch phase {
        case .dialling(var dial):
            defer { phase = .dialling(dial) }
            try dial.interrupt(reason)
        case .starting(var startup):
            defer { phase = .starting(startup) }
            try startup.interrupt(reason)
        case .checking(_, let question):
            try question.interrupt(reason)
        case .start, .deciding, .resolving, .preparing:
            guard reason == .deadlinePassed else {
                throw PostgresError(.cancelled, "the task was cancelled while connecting").with(isSafeToRetry: true)
            }
            let doing = if case .preparing = phase { "loading the files for TLS" } else { "resolving the host name" }
            throw PostgresError(.timedOut, "\(doing) took longer than connect_timeout").with(isSafeToRetry: true)
        }
    }

    private mutating func interrupted(_ error: PostgresError, _ reason: Interruption) throws(PostgresError) {
        if reason == .taskCancelled {
            _ = close()
            throw plan.ended(error)
        }
        let isOver = total?.hasPassed ?? false
        let reason = isOver ? error.with(message: "it was still under way") : error
        if case .resolving = phase { found(.failure(reason)) } else { failed(reason) }
        if isOver { throw plan.ended(totalTimeout) }
    }
}
