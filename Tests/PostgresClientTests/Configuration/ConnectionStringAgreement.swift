import PostgresClient

/// Whether our reading of a connection string and libpq's are the same.
enum ConnectionStringAgreement {
    /// How a string was judged.
    enum Outcome: Equatable {
        /// Both take it, and agree on every keyword.
        case taken
        /// Both refuse it.
        case refused
        /// libpq takes it, with something in it that is not UTF-8, which we refuse on purpose.
        case notUTF8
        /// They differ; the text says in what.
        case different(String)
    }

    /// Compares the two for a string without NUL.
    ///
    /// - Parameter libpq: what libpq reads, by keyword; nil if it refuses the string.
    static func outcome(_ string: String, libpq: [String: [UInt8]]?) -> Outcome {
        let ours: ConnectionString?
        let reason: String
        do {
            ours = try ConnectionString(string)
            reason = ""
        } catch {
            ours = nil
            reason = error.message
        }
        switch (ours, libpq) {
        case (nil, nil): return .refused
        case (nil, .some):
            // Whether or not the value counts in the end.
            return reason.hasSuffix("what is percent-encoded is not UTF-8")
                ? .notUTF8 : .different("libpq takes it; we say: \(reason)")
        case (.some, nil): return .different("libpq refuses it, and we do not")
        case (.some(let ours), .some(let settings)):
            for keyword in ConnectionKeyword.all {
                let own = ours[keyword.name].map { Array($0.utf8) }
                if own != settings[keyword.name] {
                    return .different("they read different values for \(keyword.name)")
                }
            }
            return .taken
        }
    }
}
