import Foundation

/// An authority of its own and a server certificate by it that was good for this machine until the year 2021.
struct ExpiredCertificate {
    let authority: String
    let certificate: String
    let key: String

    /// Makes the files with the command `openssl`.
    init(in scratch: Scratch) async throws {
        let folder = scratch.path + "/expired"
        authority = folder + "/ca.crt"
        certificate = folder + "/server.crt"
        key = folder + "/server.key"
        try scratch.write("expired/index", "")
        try scratch.write(
            "expired/openssl.cnf",
            """
            [req]
            distinguished_name = name
            [name]
            [authority]
            basicConstraints = critical, CA:TRUE
            [server]
            basicConstraints = critical, CA:FALSE
            subjectAltName = DNS:localhost, IP:127.0.0.1
            [ca]
            default_ca = this
            [this]
            database = \(folder)/index
            new_certs_dir = \(folder)
            rand_serial = yes
            default_md = sha256
            policy = names
            [names]
            commonName = supplied

            """)
        let newKey = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
        let configuration = ["-config", folder + "/openssl.cnf"]
        for arguments in [
            ["req", "-x509"] + configuration + newKey + [
                "-extensions", "authority", "-subj", "/CN=An authority", "-days", "7", "-keyout", folder + "/ca.key",
                "-out", authority,
            ],
            ["req", "-new"] + configuration + newKey + [
                "-subj", "/CN=localhost", "-keyout", key, "-out", folder + "/server.csr",
            ],
            ["ca", "-batch", "-notext"] + configuration + [
                "-cert", authority, "-keyfile", folder + "/ca.key", "-startdate", "20200101000000Z", "-enddate",
                "20210101000000Z", "-extensions", "server", "-in", folder + "/server.csr", "-out", certificate,
            ],
        ] {
            let run = try await ProgramRun.run(ProgramRun.find("openssl") ?? "openssl", arguments)
            guard run.status == 0 else { throw Failure(output: run.output) }
        }
    }

    struct Failure: Error { let output: String }
}
