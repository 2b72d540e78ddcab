import PostgresWire
import Testing

@testable import ManticoreTesting
@testable import PostgresClient

extension EphemeralPostgres {
    /// Gives the running server other files of the zoo in place of those that it was started with.
    ///
    /// - Parameter files: the zoo's file for a setting such as `ssl_cert_file`.
    func exchange(_ files: [String: String]) async throws {
        for (setting, file) in files {
            let path = "\(socketDirectory)/\(setting).pem"
            try #require(!Files.text(of: path).isEmpty, "the server was started without \(setting)")
            Files.remove(path)
            try Files.create(path, Files.text(of: CertificateZoo.file(file)), owner: plan.account)
        }
        // New sessions have what the postmaster has read; it takes none between reading the settings and these files.
        func loadTime() async throws -> String? {
            let admin = try await Connection.connect(to: TestServer.configuration(self, .socket))
            defer { admin.close() }
            return try await admin.query("SELECT pg_conf_load_time()::text", as: String.self).first
        }
        let complaint = "SSL configuration was not reloaded"
        let before = try await loadTime()
        let complaints = log.split(separator: complaint).count
        let admin = try await Connection.connect(to: TestServer.configuration(self, .socket))
        _ = try await admin.query("SELECT pg_reload_conf()")
        admin.close()
        while try await loadTime() == before {}
        try #require(log.split(separator: complaint).count == complaints, "the server does not take \(files)")
    }
}
