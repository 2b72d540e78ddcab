import PostgresWire

extension EphemeralPostgres {
    /// What a start needs to know, and a restart again.
    struct Plan: Sendable {
        let options: Options
        let installation: Installation
        let account: ServerAccount
        let password: String
        var dataDirectory = ""
        var configurationFile = ""
        var certificates: TestCertificates?
        private var certificateSettings: [(String, String)] = []

        init(_ options: Options) throws(PostgresError) {
            for (what, text) in [("user", options.user), ("database", options.database)] {
                if text.isEmpty || text.utf8.contains(where: { $0 < 0x20 }) {
                    throw PostgresError(
                        .invalidConfiguration, "The test server's \(what) is empty or has control characters.")
                }
            }
            if let password = options.password, password.isEmpty || password.utf8.contains(where: { $0 < 0x20 }) {
                throw PostgresError(
                    .invalidConfiguration, "The test server's password is empty or has control characters.")
            }
            self.options = options
            password = options.password ?? Self.processPassword
            account = try ServerAccount.find(options.systemUser)
            installation = try EphemeralPostgres.installation(for: options.binaries)
        }

        // One for the process, because it is part of the data directory that later servers are copied from.
        private static let processPassword: String = {
            var generator = SystemRandomNumberGenerator()
            let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789")
            return String((0..<32).compactMap { _ in letters.randomElement(using: &generator) })
        }()

        /// The postmaster's command line.
        func command(port: Int) -> [String] {
            [
                installation.directory + "/postgres", "-D", dataDirectory, "-c", "config_file=" + configurationFile,
                "-p", String(port),
            ]
        }

        /// Fills the folder of a fresh supervisor: data directory, settings, certificates.
        mutating func prepare(_ supervisor: inout Supervisor) throws(PostgresError) {
            let folder = supervisor.folder
            dataDirectory = folder + "/data"
            configurationFile = folder + "/server.conf"
            if let given = options.certificates {
                try copy(given, into: folder)
            } else if options.tls {
                certificates = try TestCertificates(in: folder, user: options.user, owner: account)
            }
            let accessFile = folder + "/hba.conf"
            try Files.create(accessFile, accessRules, owner: account)
            let mapFile = folder + "/ident.conf"
            try Files.create(mapFile, options.userNameMaps.map { $0 + "\n" }.joined(), owner: account)
            try Files.create(configurationFile, try configuration(folder, accessFile, mapFile), owner: account)
            try Files.createFolder(dataDirectory, owner: account)
            // Last, so that nobody but us has put anything into it before.
            try Files.give(folder, to: account)
            let template = try ClusterTemplate.get(
                installation: installation, account: account, user: options.user, password: password,
                database: options.database)
            try supervisor.run([
                Programs.find("cp") ?? "/bin/cp", "-R", "-p", template.directory + "/.", dataDirectory,
            ])
        }

        private mutating func copy(_ given: Options.Certificates, into folder: String) throws(PostgresError) {
            var files = [("ssl_cert_file", given.certificateFile), ("ssl_key_file", given.keyFile)]
            if let file = given.clientAuthorityFile { files.append(("ssl_ca_file", file)) }
            if let file = given.revocationListFile { files.append(("ssl_crl_file", file)) }
            for (setting, file) in files {
                let copy = "\(folder)/\(setting).pem"
                try Files.create(copy, Files.text(of: file), owner: account)
                certificateSettings.append((setting, copy))
            }
        }

        private var accessRules: String {
            let defaults = [
                "local all all trust",
                "local replication all trust",
                "host all all 127.0.0.1/32 scram-sha-256",
                "host replication all 127.0.0.1/32 scram-sha-256",
            ]
            return (options.hostBasedAuthentication + defaults).map { $0 + "\n" }.joined()
        }

        private func configuration(
            _ folder: String, _ accessFile: String, _ mapFile: String
        ) throws(PostgresError) -> String {
            var settings = [
                ("listen_addresses", "127.0.0.1"),
                ("unix_socket_directories", folder),
                ("hba_file", accessFile),
                ("ident_file", mapFile),
                // What was written survives the kill of a process. A commit is still waited for, or a kill would
                // lose it, which a test of such faults does not expect.
                ("fsync", "off"),
                ("full_page_writes", "off"),
                // The small WAL segments would otherwise make for sixteen times as many checkpoints.
                ("max_wal_size", "256MB"),
                // In files below the data directory, so that they go with it after a kill.
                ("dynamic_shared_memory_type", "mmap"),
                ("timezone", "UTC"),
                ("log_timezone", "UTC"),
                ("lc_messages", "C"),
            ]
            if let certificates {
                settings += [
                    ("ssl", "on"),
                    ("ssl_cert_file", certificates.serverCertificate),
                    ("ssl_key_file", certificates.serverKey),
                    ("ssl_ca_file", certificates.authority),
                ]
            }
            if !certificateSettings.isEmpty { settings += [("ssl", "on")] + certificateSettings }
            settings += options.settings.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
            var text = "include = " + Self.quoted(dataDirectory + "/postgresql.conf") + "\n"
            for (name, value) in settings {
                let isName = name.utf8.allSatisfy { byte in
                    switch byte {
                    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x5F, 0x2E: true
                    default: false
                    }
                }
                guard isName, !name.isEmpty, !value.utf8.contains(0) else {
                    throw PostgresError(.invalidConfiguration, "\(name) is not the name of a server setting.")
                }
                text += "\(name) = \(Self.quoted(value))\n"
            }
            return text
        }

        /// The value as postgresql.conf has it (PostgreSQL's manual, section 20.1.2).
        private static func quoted(_ value: String) -> String {
            var quoted: [UInt8] = [0x27]
            for byte in value.utf8 {
                switch byte {
                case 0x27: quoted += [0x27, 0x27]
                case 0x5C: quoted += [0x5C, 0x5C]
                case 0x0A: quoted += Array("\\n".utf8)
                default: quoted.append(byte)
                }
            }
            quoted.append(0x27)
            return String(decoding: quoted, as: UTF8.self)
        }
    }
}
