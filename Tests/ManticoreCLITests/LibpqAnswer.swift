import Foundation
import Testing

/// What libpq makes of a connection string in an environment, with service file and password file and all.
struct LibpqAnswer: Codable, Sendable {
    /// A connection string and the environment that it is read in.
    struct Question: Codable, Sendable {
        var string: String
        var environment: [String: String] = [:]
        /// Whether libpq goes as far as to the first host, which must be an address that nobody listens at.
        var connects = false
    }

    /// Why libpq refuses the settings; nil if it is content with them.
    let refusal: String?
    /// What all sources together come to, by keyword; without those that nothing gives.
    let settings: [String: String]
    /// The password for the first host; empty if there is none.
    let password: String

    /// Asks libpq in a process of its own, whose environment may be changed.
    static func answers(to questions: [Question]) async throws -> [LibpqAnswer] {
        let result = await #expect(processExitsWith: .success, observing: [\.standardOutputContent]) {
            [questions = questions as [LibpqAnswer.Question]] in
            try LibpqAnswer.print(questions)
        }
        let output = String(decoding: result?.standardOutputContent ?? [], as: UTF8.self)
        let line = try #require(output.split(separator: "\n").last { $0.hasPrefix(marker) }, "\(output.suffix(500))")
        return try JSONDecoder().decode([LibpqAnswer].self, from: Data(line.dropFirst(marker.count).utf8))
    }

    // Only for a process without other threads that read the environment.
    private static func print(_ questions: [Question]) throws {
        let libpq = try #require(Libpq.complete)
        let others = ["PGREQUIRESSL", "PGSERVICEFILE", "PGSYSCONFDIR", "PGLOCALEDIR", "HOME", "SSL_CERT_FILE"]
        var changed = Set(libpq.keywords.compactMap(\.variable) + others)
        var answers: [LibpqAnswer] = []
        for question in questions {
            for name in changed { unsafe unsetenv(name) }
            changed.formUnion(question.environment.keys)
            for (name, value) in question.environment { unsafe setenv(name, value, 1) }
            answers.append(LibpqAnswer(libpq, question))
        }
        let output = try JSONEncoder().encode(answers)
        // Whatever else is printed stands on lines of its own.
        Swift.print("\n" + marker + String(decoding: output, as: UTF8.self))
    }

    private static let marker = "answers of libpq: "

    // What libpq looks at last of all; what it then complains of shows that it took everything before, and that it
    // has not begun to look for hosts.
    private static let last = (
        keyword: "max_protocol_version", complaint: "invalid max_protocol_version value: \"stop\""
    )

    private init(_ libpq: Libpq, _ question: Question) {
        let text = question.string
        guard libpq.parse(Array(text.utf8)) != nil else {
            (refusal, settings, password) = ("the string", [:], "")
            return
        }
        var whole = text
        if !question.connects {
            let isURI = text.hasPrefix("postgresql://") || text.hasPrefix("postgres://")
            let setting = Self.last.keyword + "=stop"
            if !isURI {
                // Before the others: an empty value at the end would swallow it.
                whole = setting + " " + text
            } else {
                let separator = !text.contains("?") ? "?" : text.hasSuffix("?") || text.hasSuffix("&") ? "" : "&"
                whole += separator + setting
            }
        }
        let attempt = libpq.attempt(whole)
        var settings: [String: String] = [:]
        for option in attempt.options {
            guard let value = option.value else { continue }
            settings[option.keyword] = String(decoding: value, as: UTF8.self)
        }
        let message = String(decoding: attempt.message, as: UTF8.self)
        if question.connects {
            // Not reaching anybody, or not yet, is no complaint about the settings.
            let reason = message.split(separator: " failed: ", maxSplits: 1).dropFirst().first ?? ""
            let isContent =
                message.isEmpty
                || message.hasPrefix("connection to server at ")
                    && (reason.isEmpty || reason.hasPrefix("Connection refused"))
            refusal = isContent ? nil : message
        } else {
            refusal = message.hasPrefix(Self.last.complaint) ? nil : message
            settings[Self.last.keyword] = nil
        }
        self.settings = settings
        password = String(decoding: attempt.password, as: UTF8.self)
    }
}
