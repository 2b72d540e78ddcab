import PostgresWire

/// A session's start: every request for authentication that a server may make, then its settings until it is ready.
///
/// The input is what is known of the channel, what is required, and what there is to prove oneself with (a byte each),
/// then messages as they stand in a stream. The password, the nonce and the channel's hash are always the same, so that a
/// whole SCRAM exchange can be among the seeds.
enum StartupTarget: FuzzTarget {
    static let name = "startup"
    static let maximumLength = 512

    private static let password = [UInt8](text: "correct horse")
    private static let nonce = [UInt8](0..<18)
    private static let requirements: [String?] = [
        nil, "none", "password", "md5", "scram-sha-256", "!none", "!password,!md5", "password,md5,none", "oauth",
    ]

    private static func policy(_ flags: UInt8, _ requirement: UInt8) throws -> AuthenticationPolicy {
        var policy = AuthenticationPolicy()
        policy.isChannelTrusted = flags & 1 != 0
        policy.isUnixSocket = flags & 2 != 0
        policy.isClientCertificateSent = flags & 4 != 0
        policy.channelBindingData =
            switch flags >> 3 & 3 {
            case 0: .noTLS
            case 1: .undefined
            default: .tlsServerEndPoint([UInt8](repeating: 7, count: 32))
            }
        policy.channelBinding =
            switch flags >> 5 & 3 {
            case 0: .disable
            case 1: .require
            default: .prefer
            }
        policy.requirement = try requirements[Int(requirement) % requirements.count]
            .map { try AuthenticationRequirement(parsing: $0) }
        // Few, so that an input takes no time.
        policy.maximumIterations = 16
        return policy
    }

    private struct Start {
        var session = Session()
        var exchange: AuthenticationExchange
        let policy: AuthenticationPolicy
        let hasCredential: Bool
        var proofs = 0
    }

    private static func credentials(_ flags: UInt8, hasPassword: Bool) throws -> AuthenticationCredentials {
        var credentials = AuthenticationCredentials(password: hasPassword ? Secret(password) : nil)
        credentials.canAskForPassword = flags & 1 != 0
        if flags & 2 != 0 {
            let key = Secret([UInt8](repeating: 5, count: 32))
            credentials.keys = try SCRAMKeys(clientKey: key, serverKey: key)
        }
        credentials.canAskForToken = flags & 4 != 0
        return credentials
    }

    static func run(_ input: [UInt8]) throws {
        guard input.count >= 3 else { return }
        let policy = try policy(input[0], input[1])
        let hasPassword = input[0] & 128 == 0
        let version = input[2] & 8 == 0 ? Frontend.StartupMessage.version30 : Frontend.StartupMessage.version32
        var start = Start(
            session: Session(protocolVersion: version),
            exchange: AuthenticationExchange(
                user: "app", credentials: try credentials(input[2], hasPassword: hasPassword), nonce: nonce,
                policy: policy),
            policy: policy, hasCredential: hasPassword || input[2] & 7 != 0)
        try WireReader.read(Array(input.dropFirst(3))) { reader in
            while start.session.phase != .established {
                let isStarting = start.session.phase == .authenticating
                guard let frame = try? Frames.next(in: &reader, duringStartup: isStarting) else { return }
                guard try take(frame, &start) else { return }
            }
        }
    }

    /// Whether the session goes on.
    private static func take(_ frame: Frame, _ start: inout Start) throws -> Bool {
        do {
            try start.session.accept(frame.type)
        } catch {
            return false
        }
        guard let message = try? Frames.decode(frame) else { return false }
        switch message {
        case .authentication(let request):
            do {
                var action = try start.exchange.receive(request)
                if case .saslFinal = request { start.proofs += 1 }
                if case .password = action { action = try start.exchange.resume(password: Secret(password)) }
                if case .token = action {
                    try require(
                        start.policy.isChannelTrusted || start.policy.isUnixSocket,
                        "a token is asked for on an open channel")
                    action = try start.exchange.resume(token: Secret("token"))
                }
                if case .derive(let request) = action {
                    try require(request.iterations <= 16, "\(request.iterations) iterations")
                    action = try start.exchange.resume(saltedPassword: try request.saltedPassword())
                }
                try check(action, &start)
            } catch let error as PostgresError {
                _ = error.description
                try require((try? start.exchange.receive(.ok)) == nil, "an exchange goes on after it has failed")
                return false
            }
        case .errorResponse: return false
        case .parameterStatus(let status):
            guard (try? start.session.setParameter(status.name, status.value)) != nil else { return false }
        case .backendKeyData(let key):
            guard (try? start.session.setBackendKey(key)) != nil else { return false }
        case .negotiateProtocolVersion(let answer):
            guard (try? start.session.negotiate(answer)) != nil else { return false }
        case .readyForQuery(let ready): start.session.ready(ready.status)
        default: break
        }
        return true
    }

    private static func check(_ action: AuthenticationAction, _ start: inout Start) throws {
        switch action {
        case .send(let message):
            let policy = start.policy
            let mayShow = policy.requirement?.allows(.password) ?? (policy.isChannelTrusted || policy.isUnixSocket)
            let isShown = message.data.starts(with: password)
            try require(!isShown || mayShow, "the password is shown to a server that may not see it")
            var writer = WireWriter()
            message.encode(into: &writer)
            try require(writer.failure == nil, "an answer cannot be written")
        case .done:
            try checkEnd(start)
            start.session.authenticated()
        case .derive, .password, .token: throw FuzzFailure("the same is asked for twice")
        case .wait: break
        }
    }

    /// What must hold of a server that the client takes to be its own.
    private static func checkEnd(_ start: Start) throws {
        let (policy, method) = (start.policy, start.exchange.method)
        if policy.channelBinding == .require {
            try require(start.exchange.usesChannelBinding, "channel_binding=require, and there is none")
        }
        if let requirement = policy.requirement {
            try require(requirement.allows(method), "\(method) is not allowed")
        } else if start.hasCredential {
            switch method {
            case .none:
                try require(policy.isUnixSocket || policy.isClientCertificateSent, "let in without being asked")
            case .password, .md5, .oauth:
                try require(policy.isUnixSocket || policy.isChannelTrusted, "\(method) on an open channel")
            default: break
            }
        }
        if method == .scramSHA256 { try require(start.proofs == 1, "SCRAM ended with \(start.proofs) proofs") }
    }

    /// Messages, and after them what follows on AuthenticationOk.
    private static func seed(
        _ flags: UInt8, _ requirement: UInt8, _ credentials: UInt8, _ messages: BackendMessage...
    ) -> [UInt8] {
        let end: [BackendMessage] = [
            .parameterStatus(.init(name: "client_encoding", value: "UTF8")),
            .parameterStatus(.init(name: "integer_datetimes", value: "on")),
            .backendKeyData(.init(processID: 7, key: [1, 2, 3, 4])), .readyForQuery(.init(.idle)),
        ]
        var writer = WireWriter()
        for message in messages + end { message.encode(into: &writer) }
        return [flags, requirement, credentials] + writer.bytes
    }

    private static func scram(
        _ flags: UInt8, _ mechanisms: [String], _ proof: String, credentials: UInt8 = 0
    ) -> [UInt8] {
        let first = [UInt8](text: "r=AAECAwQFBgcICQoLDA0ODxARserver,s=MDEyMzQ1Njc4OWFiY2RlZg==,i=4")
        return seed(
            flags, 0, credentials, .authentication(.sasl(mechanisms: mechanisms)),
            .authentication(.saslContinue(first)),
            .authentication(.saslFinal([UInt8](text: "v=" + proof))), .authentication(.ok))
    }

    static let seeds: [[UInt8]] = {
        let plain = "SCRAM-SHA-256"
        let plus = "SCRAM-SHA-256-PLUS"
        let ok = BackendMessage.authentication(.ok)
        let md5 = BackendMessage.authentication(.md5Password(salt: [1, 2, 3, 4]))
        let notice = BackendMessage.noticeResponse(.init(ServerError(severity: "NOTICE", message: "m")))
        let refused = BackendMessage.errorResponse(
            .init(ServerError(severity: "FATAL", sqlState: SQLState(rawValue: "28P01"), message: "no")))
        let bearer = BackendMessage.authentication(.sasl(mechanisms: ["OAUTHBEARER"]))
        let reason = BackendMessage.authentication(
            .saslContinue(
                [UInt8](text: #"{"status":"invalid_token","scope":"a b","openid-configuration":"https://x/\u00e9\n"}"#))
        )
        let older = BackendMessage.negotiateProtocolVersion(.init(newestVersion: 0x30000, unrecognizedOptions: []))
        let longKey = BackendMessage.backendKeyData(.init(processID: 7, key: [UInt8](repeating: 1, count: 32)))
        let proof = "EgfgnwPYyLqnD134/hBjHvNscm0TGBkAHH78Yxse0Tg="
        let boundProof = "AJCI4Q89ejUEnXD4W6H9UFKqFQOfcQ6Az/Ya4bis8h0="
        var seeds: [[UInt8]] = []
        seeds.append(scram(0x40, [plain], proof))
        seeds.append(scram(0x50, [plain], "uRCXZZImNfeD5HM35qZb7F0ir5qjFUkN8XbwG2Euf50="))
        seeds.append(scram(0x50, [plus, plain], boundProof))
        seeds.append(scram(0x30, [plus], boundProof))
        seeds.append(scram(0x40, [plus, plain], "x"))
        seeds.append(scram(0x40, [plain], proof, credentials: 1))
        seeds.append(scram(0x40, [plain], "x", credentials: 2))
        seeds.append(seed(0x41, 0, 0, .authentication(.cleartextPassword), ok))
        seeds.append(seed(0x41, 0, 0, md5, ok))
        seeds.append(seed(0x40, 3, 0, md5, ok))
        for flags in [0x40, 0x42, 0x44, 0xC0] as [UInt8] { seeds.append(seed(flags, 0, 0, ok)) }
        for request in [.gss, .sspi, .kerberosV5, .scmCredential] as [Backend.Authentication] {
            seeds.append(seed(0x40, 0, 0, .authentication(request)))
        }
        seeds.append(seed(0x40, 0, 0, notice, refused))
        seeds.append(seed(0xC0, 0, 8, older, ok))
        seeds.append(seed(0xC0, 0, 8, ok, longKey))
        seeds.append(seed(0xC1, 0, 4, bearer, ok))
        seeds.append(seed(0xC1, 8, 4, bearer, reason, refused))
        return seeds
    }()

    static let dictionary =
        Frames.dictionary
        + [
            "SCRAM-SHA-256\0", "SCRAM-SHA-256-PLUS\0", "OAUTHBEARER\0", "r=", ",s=", ",i=", "v=", "e=", "m=",
            "AAECAwQFBgcICQoLDA0ODxAR", "i=1", "i=4096", "i=2147483648", "{\"status\":\"", "\"scope\":", "\\u00e9",
            "null", "[[[[", "MDEyMzQ1Njc4OWFiY2RlZg==", "e=other-error",
        ].map { [UInt8](text: $0) }
}
