/// Whether a server is of the kind that `target_session_attrs` asks for.
///
/// PostgreSQL reports since version 14 what is to be known; older servers, poolers and CockroachDB are asked.
///
/// Source: PostgreSQL manual, "Parameter Key Words", `target_session_attrs`; libpq's `CONNECTION_CHECK_TARGET`.
struct TargetCheck: Sendable {
    /// What is known so far.
    enum Verdict: Hashable, Sendable {
        case suitable
        /// The server is not what was asked for, and why.
        case unsuitable(String)
        /// The server has to be asked this.
        case ask(String)
    }

    static let readOnlyQuestion = "SHOW transaction_read_only"
    static let recoveryQuestion = "SELECT pg_catalog.pg_is_in_recovery()"

    let requirement: TargetSessionAttributes

    /// Judges by what the server has reported about itself.
    func verdict(reported: [String: String]) -> Verdict {
        let isStandby = reported["in_hot_standby"].map { $0 == "on" }
        let isReadOnly = reported["default_transaction_read_only"].map { $0 == "on" }
        switch requirement {
        case .any:
            return .suitable
        case .readWrite, .readOnly:
            guard let isStandby, let isReadOnly else { return .ask(Self.readOnlyQuestion) }
            return verdict(isReadOnly: isStandby || isReadOnly)
        case .primary, .standby, .preferStandby:
            guard let isStandby else { return .ask(Self.recoveryQuestion) }
            return verdict(isStandby: isStandby)
        }
    }

    /// Judges by the server's answer to the question.
    func verdict(answer: String) -> Verdict {
        switch (requirement, answer) {
        case (.any, _): .suitable
        case (.readWrite, "on"), (.readOnly, "on"): verdict(isReadOnly: true)
        case (.readWrite, "off"), (.readOnly, "off"): verdict(isReadOnly: false)
        case (.primary, "t"), (.standby, "t"), (.preferStandby, "t"): verdict(isStandby: true)
        case (.primary, "f"), (.standby, "f"), (.preferStandby, "f"): verdict(isStandby: false)
        default: .unsuitable("the server did not say what kind of server it is")
        }
    }

    /// Judges by the server's refusal to answer.
    func verdict(refusal: PostgresError) -> Verdict {
        switch requirement {
        // What does not know the function knows no standbys.
        case .primary, .standby, .preferStandby:
            if refusal.sqlState == .undefinedFunction { return verdict(isStandby: false) }
        case .any, .readWrite, .readOnly: break
        }
        return .unsuitable("the server did not say what kind of server it is: \(refusal.message)")
    }

    private func verdict(isReadOnly: Bool) -> Verdict {
        if isReadOnly == (requirement == .readOnly) { return .suitable }
        return .unsuitable(isReadOnly ? "the session is read-only" : "the session is not read-only")
    }

    private func verdict(isStandby: Bool) -> Verdict {
        if isStandby != (requirement == .primary) { return .suitable }
        return .unsuitable(isStandby ? "the server is in hot standby" : "the server is not in hot standby")
    }
}
