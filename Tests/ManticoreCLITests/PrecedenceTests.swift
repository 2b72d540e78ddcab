import Testing

/// Of several sources of a setting the same one decides as in libpq: connection string, service file, environment,
/// default, and an empty value hides those behind it.
@Suite(.enabled(if: Libpq.complete != nil, "no libpq.so.5 of version 18 or later is on this machine"))
struct PrecedenceTests {
    private enum Source: String, CaseIterable {
        case string = "connection string"
        case file = "service file"
        case environment
    }

    private enum Given: Int, CaseIterable { case no, value, empty }

    private struct Keyword {
        let name: String
        let variable: String
        /// One value for each source, in their order.
        let values: [String]
        var allowsEmpty = true
        /// Whether the default is the same as libpq's.
        var hasCommonDefault = true
    }

    private static let keywords = [
        Keyword(name: "user", variable: "PGUSER", values: ["anna", "ben", "cleo"]),
        Keyword(name: "dbname", variable: "PGDATABASE", values: ["one", "two", "three"]),
        Keyword(name: "port", variable: "PGPORT", values: ["1001", "1002", "1003"]),
        Keyword(
            name: "application_name", variable: "PGAPPNAME", values: ["first", "second", "third"],
            hasCommonDefault: false),
        Keyword(name: "options", variable: "PGOPTIONS", values: ["-c a=1", "-c a=2", "-c a=3"]),
        Keyword(
            name: "sslmode", variable: "PGSSLMODE", values: ["require", "verify-ca", "allow"], allowsEmpty: false,
            hasCommonDefault: false),
        Keyword(
            name: "connect_timeout", variable: "PGCONNECT_TIMEOUT", values: ["21", "22", "23"], allowsEmpty: false,
            hasCommonDefault: false),
        Keyword(
            name: "target_session_attrs", variable: "PGTARGETSESSIONATTRS",
            values: ["read-write", "read-only", "primary"],
            allowsEmpty: false),
        Keyword(name: "sslrootcert", variable: "PGSSLROOTCERT", values: ["/one", "/two", "/three"]),
        Keyword(name: "require_auth", variable: "PGREQUIREAUTH", values: ["md5", "password", "scram-sha-256"]),
    ]

    /// Which sources give a keyword something: each of 27 in turn, and each keyword begins with another.
    private static func plan(_ keyword: Int, _ round: Int) -> [Given] {
        let number = (round + 5 * keyword) % 27
        let plan = [number % 3, number / 3 % 3, number / 9].compactMap { Given(rawValue: $0) }
        return keywords[keyword].allowsEmpty ? plan : plan.map { $0 == .empty ? .no : $0 }
    }

    @Test(arguments: [Source.string, .environment])
    private func everySubset(whoAsksForTheService asker: Source) async throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        var questions: [LibpqAnswer.Question] = []
        for round in 0..<27 {
            var question = LibpqAnswer.Question(string: "host=h")
            question.environment = ["HOME": scratch.path, "PGSERVICEFILE": scratch.path + "/service\(round)"]
            var file = "[s]\n"
            for (index, keyword) in Self.keywords.enumerated() {
                for (source, (given, value)) in zip(Source.allCases, zip(Self.plan(index, round), keyword.values)) {
                    guard given != .no else { continue }
                    let text = given == .empty ? "" : value
                    switch source {
                    case .string: question.string += " \(keyword.name)='\(text)'"
                    case .file: file += "\(keyword.name)=\(text)\n"
                    case .environment: question.environment[keyword.variable] = text
                    }
                }
            }
            try scratch.write("service\(round)", file)
            if asker == .string { question.string += " service=s" } else { question.environment["PGSERVICE"] = "s" }
            questions.append(question)
        }
        let asked = questions
        async let answers = LibpqAnswer.answers(to: asked)
        let readings = try await questions.mapped { question in
            try await ConfigReading(of: question.string, environment: question.environment)
        }
        var seen: [String: Set<String>] = [:]
        for (round, (ours, theirs)) in zip(readings, try await answers).enumerated() {
            #expect(ours.refusal == nil && theirs.refusal == nil, "\(questions[round]): \(ours.refusal ?? "")")
            for (index, keyword) in Self.keywords.enumerated() {
                let plan = Self.plan(index, round)
                let what = "\(keyword.name), \(plan), \(questions[round])"
                let own = ours.settings[keyword.name]
                let first = zip(Source.allCases, plan).first { $0.1 != .no }
                let isGiven = first?.1 == .value
                let other = theirs.settings[keyword.name] ?? ""
                if isGiven || keyword.hasCommonDefault && !other.isEmpty {
                    #expect(own?.value ?? "" == other, "\(what)")
                } else {
                    // libpq leaves an empty value, which here is the default.
                    #expect(own == nil || own?.source == "default" || own?.value == "", "\(what)")
                }
                // And it is said which one it was.
                if isGiven { #expect(own?.source == first?.0.rawValue, "\(what)") }
                seen[keyword.name, default: []].insert(own?.source ?? "")
            }
        }
        for keyword in Self.keywords {
            #expect(seen[keyword.name]?.isSuperset(of: Source.allCases.map(\.rawValue)) == true, "\(keyword.name)")
        }
    }
}
