extension ListeningOperation {
    /// The longest name that the server tells apart from others, in bytes.
    ///
    /// Source: PostgreSQL manual, "Identifiers and Key Words": NAMEDATALEN less one.
    static let longestName = 63

    /// The SQL text that listens to these channels.
    ///
    /// - Throws: ``PostgresError/Code-swift.struct/invalidArgument`` if there is none, or one whose name is empty or longer than the
    ///   server keeps; ``PostgresError/Code-swift.struct/encodingFailed`` for a NUL byte.
    static func statement(_ channels: [String]) throws(PostgresError) -> String {
        guard !channels.isEmpty else {
            throw PostgresError(.invalidArgument, "there is no channel to listen to").with(isSafeToRetry: true)
        }
        var text = ""
        for channel in channels {
            // The server would cut it, with a notice only, and listen to another channel than was asked for.
            guard channel.utf8.count <= longestName else {
                throw PostgresError(
                    .invalidArgument,
                    "the channel's name \(channel.debugDescription) is longer than \(longestName) bytes"
                ).with(isSafeToRetry: true)
            }
            text += "LISTEN \(try Identifier(channel).quoted());"
        }
        return text
    }
}
