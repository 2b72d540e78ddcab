import Manticore

extension EnvironmentFile {
    /// Where a file comes from, and so how far it is believed.
    enum Origin {
        /// Somebody named it.
        case named
        /// It lies in the current folder, which may be anybody's: a checkout, a shared or a downloaded one.
        case found
    }

    /// What the file adds to the environment for a connection: `DATABASE_URL` and the `PG*` variables that are not set.
    ///
    /// A file that was only found decides where to connect and as whom, not how the connection is protected: what is
    /// trusted, what is encrypted and how the server may ask for the password holds for every connection string, those
    /// that are given on the command line too, and nobody would see that it was changed.
    ///
    /// - Throws: ``PostgresError`` with `invalidConfiguration` that names the variable and its line.
    func additions(to environment: [String: String], origin: Origin) throws(PostgresError) -> [String: String] {
        let additions = variables.filter { name, _ in
            (name == "DATABASE_URL" || name.hasPrefix("PG")) && environment[name] == nil
        }
        guard origin == .found else { return additions }
        let refused = additions.keys.filter(Self.isAboutProtection).min {
            lines[$0, default: 0] < lines[$1, default: 0]
        }
        guard let refused else { return additions }
        throw PostgresError(
            .invalidConfiguration,
            "\(path):\(lines[refused, default: 0]): \(refused) says how connections are protected, which a file that "
                + "only lies in the folder may not: set it in the environment or in the connection string, or name the file "
                + "with --env-file, or leave it out with --no-env-file")
    }

    /// Whether a variable concerns TLS, the server's identity or the ways of authentication, or names a file that may
    /// hold such settings.
    static func isAboutProtection(_ variable: String) -> Bool {
        let names: Set = [
            "PGREQUIRESSL", "PGREQUIREAUTH", "PGREQUIREPEER", "PGCHANNELBINDING", "PGSERVICE", "PGSERVICEFILE",
            "PGSYSCONFDIR",
        ]
        return variable.hasPrefix("PGSSL") || names.contains(variable)
    }
}
