import PostgresWire

/// A certificate authority, a server certificate for this machine and a client certificate, good for some days.
struct TestCertificates {
    let authority: String
    let serverCertificate: String
    let serverKey: String
    let clientCertificate: String
    let clientKey: String

    /// Makes the files with the command `openssl`.
    ///
    /// - Parameters:
    ///   - folder: An existing folder that is still the caller's.
    ///   - user: The database user that the client certificate is for.
    ///   - owner: Who the server runs as; the server's key becomes theirs, the client's key stays the caller's.
    /// - Throws: ``PostgresError`` when `openssl` is missing or fails.
    init(in folder: String, user: String, owner: ServerAccount) throws(PostgresError) {
        guard let openssl = Programs.find("openssl") else {
            throw PostgresError(
                .testServer, "The command openssl makes the certificates of a test server and was not found.")
        }
        authority = folder + "/ca.crt"
        serverCertificate = folder + "/server.crt"
        serverKey = folder + "/server.key"
        clientCertificate = folder + "/client.crt"
        clientKey = folder + "/client.key"
        let caller = ServerAccount.caller()
        let configuration = folder + "/openssl.cnf"
        // A configuration of our own: the system's may be missing or ask questions.
        try Files.create(
            configuration,
            """
            [req]
            distinguished_name = name
            prompt = no
            string_mask = utf8only
            [name]
            [ca]
            basicConstraints = critical, CA:TRUE
            keyUsage = critical, keyCertSign, cRLSign
            subjectKeyIdentifier = hash
            [server]
            basicConstraints = critical, CA:FALSE
            keyUsage = critical, digitalSignature
            extendedKeyUsage = serverAuth
            subjectAltName = DNS:localhost, IP:127.0.0.1, IP:::1
            subjectKeyIdentifier = hash
            authorityKeyIdentifier = keyid
            [client]
            basicConstraints = critical, CA:FALSE
            keyUsage = critical, digitalSignature
            extendedKeyUsage = clientAuth
            subjectKeyIdentifier = hash
            authorityKeyIdentifier = keyid

            """, owner: caller)
        let escapedUser = user.split(separator: "\\", omittingEmptySubsequences: false).joined(separator: "\\\\")
            .split(separator: "/", omittingEmptySubsequences: false).joined(separator: "\\/")
            .split(separator: "+", omittingEmptySubsequences: false).joined(separator: "\\+")
        let newKey = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-sha256", "-utf8"]

        try Self.run(
            [openssl, "req", "-x509", "-config", configuration, "-extensions", "ca", "-days", "7"] + newKey
                + ["-subj", "/CN=Manticore test authority", "-keyout", folder + "/ca.key", "-out", authority])
        for (section, subject, key, certificate) in [
            ("server", "/CN=localhost", serverKey, serverCertificate),
            ("client", "/CN=" + escapedUser, clientKey, clientCertificate),
        ] {
            let request = folder + "/" + section + ".csr"
            try Self.run(
                [openssl, "req", "-new", "-config", configuration] + newKey
                    + ["-subj", subject, "-keyout", key, "-out", request])
            try Self.run([
                openssl, "x509", "-req", "-in", request, "-CA", authority, "-CAkey", folder + "/ca.key",
                "-set_serial", section == "server" ? "2" : "3", "-days", "7", "-sha256", "-extfile", configuration,
                "-extensions", section, "-out", certificate,
            ])
            Files.remove(request)
        }
        Files.remove(configuration)
        // Nobody needs to sign anything more.
        Files.remove(folder + "/ca.key")
        for file in [serverKey, clientKey] { try Files.restrict(file) }
        for file in [authority, serverCertificate, serverKey] { try Files.give(file, to: owner) }
    }

    private static func run(_ words: [String]) throws(PostgresError) {
        let result = try ChildProcess.run(words)
        guard result.status == 0 else {
            throw PostgresError(.testServer, "The command openssl failed:\n\(result.output)")
        }
    }
}
